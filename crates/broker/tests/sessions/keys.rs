//! Keys that sign: a rekey seals their secret halves again, and brings none back.

use broker::CreatedAccessKey;
use broker::Signed;
use broker::WantedAccessKey;
use domain::text::hexadecimal;

use crate::world::World;
use crate::world::on_both_engines;

on_both_engines!(World: a_key_that_signs_survives_a_rekey);

async fn a_key_that_signs_survives_a_rekey(world: World) {
    let broker = &world.broker;
    let wanted = |name: &str| WantedAccessKey { name: name.to_owned(), role: None };
    let kept = broker.create_access_key(&world.owner, wanted("kept")).await.unwrap();
    let ended = broker.create_access_key(&world.owner, wanted("ended")).await.unwrap();
    broker.revoke_access_key(&world.owner, &ended.stored.id.to_string()).await.unwrap();
    let is_known = async |key: &CreatedAccessKey| {
        let text = b"a request";
        let signature = hexadecimal(&vault::sign(&key.secret_key, text));
        let access_key = &key.stored.access_key;
        let signed = Signed { access_key, text, signature: &signature };
        broker.authenticate_signed(signed).await.is_ok()
    };
    assert_eq!((is_known(&kept).await, is_known(&ended).await), (true, false));
    broker.rekey(&|_| {}).await.unwrap();
    assert_eq!((is_known(&kept).await, is_known(&ended).await), (true, false));
}
