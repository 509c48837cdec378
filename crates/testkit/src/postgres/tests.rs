//! Clusters that start beside each other, on this machine's real PostgreSQL.

use super::*;

#[test]
fn fresh_databases_are_separate_and_the_url_leads_to_them() {
    let cluster = Cluster::shared();
    let (one, other) = (cluster.fresh_database(), cluster.fresh_database());
    cluster.run_sql(&one, "CREATE TABLE t (a TEXT)");
    let tables = "SELECT count(*) FROM pg_class WHERE relname = 't'";
    assert_eq!(cluster.run_sql(&one, tables), "1");
    assert_eq!(cluster.run_sql(&other, tables), "0");
    let name = cluster.run_sql(&one, "SELECT current_database()");
    assert_eq!(one, cluster.url(&name));
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
