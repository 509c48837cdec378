use sqlx::Connection;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::*;

#[tokio::test]
async fn fresh_databases_are_separate() {
    let cluster = Cluster::shared();
    let (one, other) = (cluster.fresh_database(), cluster.fresh_database());
    let mut one = PgConnection::connect(&one).await.unwrap();
    let mut other = PgConnection::connect(&other).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (a TEXT)").execute(&mut one).await.unwrap();
    assert!(sqlx::raw_sql("SELECT * FROM t").execute(&mut other).await.is_err());
}

#[tokio::test]
async fn the_url_serves_any_driver() {
    sqlx::any::install_default_drivers();
    let url = Cluster::shared().fresh_database();
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let row = sqlx::query("SELECT current_database()::TEXT").fetch_one(&mut connection).await;
    assert!(url.contains(&row.unwrap().get::<String, _>(0)));
}

#[test]
fn two_clusters_stand_beside_each_other_and_leave_nothing() {
    let cluster = Cluster::start(Options { durable: true });
    let directory = cluster.directory.clone();
    assert_eq!(cluster.run_sql("postgres", "SHOW fsync"), "on");
    assert_eq!(Cluster::shared().run_sql("postgres", "SHOW fsync"), "off");
    cluster.run_sql("postgres", "CREATE TABLE kept (a INT); INSERT INTO kept VALUES (7)");
    cluster.restart();
    assert_eq!(cluster.run_sql("postgres", "SELECT a FROM kept"), "7");
    drop(cluster);
    assert!(!directory.exists());
}
