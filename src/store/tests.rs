//! Tests of the store as a whole.

use super::*;
use crate::base::account::Scope;
use bytes::Bytes;
use proptest::prelude::*;
use std::path::Path;

const ALL: ReadLimit = ReadLimit { records: usize::MAX, bytes: usize::MAX };

fn open(path: &Path) -> Store {
    Store::open(&StoreOptions { path: Some(path.into()), durability: Durability::Normal }).unwrap()
}

fn ephemeral() -> Store {
    Store::open(&StoreOptions::default()).unwrap()
}

async fn new_log(store: &Store) -> LogId {
    store.transaction(|tx| tx.create_log()).await.unwrap()
}

fn append_of(log: LogId, arrival_ms: Millis, records: &[(&str, &[u8])]) -> Append {
    let mut append = Append::new(log, arrival_ms);
    records.iter().for_each(|(key, data)| append.push(key, data));
    append
}

async fn put(store: &Store, log: LogId, arrival_ms: Millis, count: usize) -> Ordinal {
    let append = append_of(log, arrival_ms, &vec![("key", b"data".as_slice()); count]);
    store.append(vec![append]).await.unwrap()[0].unwrap().first
}

fn at(first: Ordinal, arrival_ms: Millis) -> Result<Placement, Refusal> {
    Ok(Placement { first, arrival_ms })
}

async fn ordinals(store: &Store, log: LogId, from: Ordinal, limit: ReadLimit) -> Vec<Ordinal> {
    store.read(log, from, limit).await.unwrap().iter().map(|record| record.ordinal).collect()
}

#[tokio::test]
async fn records_come_back_with_their_ordinals_from_any_place() {
    let store = ephemeral();
    let (a, b) = (new_log(&store).await, new_log(&store).await);
    let first =
        store.append(vec![append_of(a, 10, &[("k1", b"x"), ("k2", b"yy")]), append_of(b, 10, &[("", b"z")])]).await.unwrap();
    assert_eq!(first, [at(1, 10), at(1, 10)]);
    assert_eq!(store.append(vec![append_of(a, 11, &[("k3", b"")])]).await.unwrap(), [at(3, 11)]);
    let records = store.read(a, 1, ALL).await.unwrap();
    let seen: Vec<_> = records.iter().map(|r| (r.ordinal, r.arrival_ms, r.partition_key(), &r.data[..])).collect();
    assert_eq!(seen, [(1, 10, "k1", &b"x"[..]), (2, 10, "k2", b"yy"), (3, 11, "k3", b"")]);
    assert_eq!(ordinals(&store, a, 2, ALL).await, [2, 3]);
    assert_eq!(ordinals(&store, a, 4, ALL).await, [0; 0]);
    assert_eq!(ordinals(&store, b, 0, ALL).await, [1]);
    assert_eq!(store.last_ordinal(a), Ok(3));
}

#[tokio::test]
async fn a_read_stops_at_its_limits_but_returns_at_least_one_record() {
    let store = ephemeral();
    let log = new_log(&store).await;
    store.append(vec![append_of(log, 1, &[("k", &[0; 1000]), ("k", &[1; 1000]), ("k", &[2; 1000])])]).await.unwrap();
    put(&store, log, 2, 1).await;
    let limit = |records, bytes| ReadLimit { records, bytes };
    assert_eq!(ordinals(&store, log, 1, limit(2, usize::MAX)).await, [1, 2]);
    assert_eq!(ordinals(&store, log, 1, limit(10, 2002)).await, [1, 2]);
    assert_eq!(ordinals(&store, log, 1, limit(10, 2001)).await, [1]);
    assert_eq!(ordinals(&store, log, 2, limit(10, 1)).await, [2]);
    assert_eq!(ordinals(&store, log, 3, limit(1, 10_000)).await, [3]);
    assert_eq!(ordinals(&store, log, 3, limit(0, 10_000)).await, [0; 0]);
}

#[tokio::test]
async fn arrival_times_never_fall_and_find_the_place() {
    let store = ephemeral();
    let log = new_log(&store).await;
    assert_eq!(store.find_by_time(log, 0).await, Ok(1));
    for (arrival_ms, count) in [(100, 2), (200, 3), (150, 1), (300, 1)] {
        put(&store, log, arrival_ms, count).await;
    }
    for (since_ms, ordinal) in [(0, 1), (100, 1), (101, 3), (200, 3), (201, 7), (300, 7), (301, 8)] {
        assert_eq!(store.find_by_time(log, since_ms).await, Ok(ordinal), "since {since_ms}");
    }
}

#[tokio::test]
async fn trimming_drops_old_records_and_never_reuses_an_ordinal() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let log = new_log(&store).await;
    for arrival_ms in 1..=200 {
        put(&store, log, arrival_ms, 2).await;
    }
    assert_eq!(store.trim(log, 101).await, Ok(200));
    assert_eq!(store.trim(log, 101).await, Ok(0));
    assert_eq!(ordinals(&store, log, 1, ALL).await, (201..=400).collect::<Vec<_>>());
    assert_eq!(store.find_by_time(log, 0).await, Ok(201));
    assert_eq!(store.trim(log, 1_000).await, Ok(200));
    assert_eq!(store.log_state(log).unwrap().first_ordinal, 401);
    drop(store);
    let store = open(folder.path());
    assert_eq!(put(&store, log, 1, 1).await, 401);
    assert_eq!(ordinals(&store, log, 1, ALL).await, [401]);
}

#[tokio::test]
async fn a_sealed_log_refuses_only_its_own_append() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (a, b) = (new_log(&store).await, new_log(&store).await);
    put(&store, a, 1, 5).await;
    let mut tail = store.tail(a).unwrap();
    let waiting = tokio::spawn(async move { tail.beyond(5).await });
    let state = store.transaction(move |tx| tx.seal_log(a)).await.unwrap();
    assert_eq!((state.last_ordinal(), state.sealed), (5, true));
    assert_eq!(waiting.await.unwrap(), Ok(state));
    let answer = store.append(vec![append_of(a, 2, &[("k", b"")]), append_of(b, 2, &[("k", b"")])]).await.unwrap();
    assert_eq!(answer, [Err(Refusal::Sealed), at(1, 2)]);
    drop(store);
    assert_eq!(open(folder.path()).log_state(a), Ok(state));
}

#[tokio::test]
async fn a_deleted_log_is_gone_for_readers_writers_and_tails() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let log = new_log(&store).await;
    for _ in 0..200 {
        put(&store, log, 1, 1).await;
    }
    store.save_checkpoint("app", Checkpoint { positions: vec![(log, 3)], state: None }).await.unwrap();
    let mut tail = store.tail(log).unwrap();
    let waiting = tokio::spawn(async move { tail.beyond(200).await });
    store.transaction(move |tx| tx.delete_log(log)).await.unwrap();
    assert_eq!(waiting.await.unwrap(), Err(StoreError::NoSuchLog(log)));
    assert_eq!(store.read(log, 1, ALL).await, Err(StoreError::NoSuchLog(log)));
    assert_eq!(store.append(vec![append_of(log, 1, &[("k", b"")])]).await.unwrap(), [Err(Refusal::NoSuchLog)]);
    assert_eq!(store.load_checkpoint("app").await.unwrap(), Checkpoint::default());
    drop(store);
    // The upkeep thread sweeps what the first run left.
    let store = open(folder.path());
    let left = || store.0.readers.run(|c| Ok(c.query_row("SELECT count(*) FROM segment", [], |row| row.get::<_, i64>(0))?));
    for _ in 0..500 {
        if left().await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(left().await.unwrap(), 0);
    assert_ne!(new_log(&store).await, log);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_spares_its_neighbours() {
    let store = ephemeral();
    let log = new_log(&store).await;
    let things = Collection::new("test", "thing", &Scope::new("1", "r"));
    let (good, bad, panics) = (things.key("good"), things.key("bad"), things.key("panics"));
    let (results, seen) = {
        let (s1, s2, s3) = (store.clone(), store.clone(), store.clone());
        let (good, bad, panics) = (good.clone(), bad.clone(), panics.clone());
        let first = s1.transaction(move |tx| {
            tx.put(&good, &1)?;
            tx.append(append_of(log, 1, &[("k", b"kept")]))
        });
        let second = s2.transaction(move |tx| {
            tx.put(&bad, &2)?;
            tx.append(append_of(log, 1, &[("k", b"undone")]))?;
            tx.create_log()?;
            tx.seal_log(log)?;
            Err::<(), _>(StoreError::Document("no".into()))
        });
        let third = s3.transaction(move |tx| {
            tx.put(&panics, &3)?;
            if tx.log_state(log)?.last_ordinal() < 99 {
                panic!("as a bug would");
            }
            Ok::<_, StoreError>(())
        });
        let (first, second, third) = tokio::join!(first, second, third);
        ((first, second, third), store.list::<i32>(&things, Listing::default()).await.unwrap())
    };
    assert_eq!(
        results,
        (at(1, 1).map_err(|_| StoreError::Closed), Err(StoreError::Document("no".into())), Err(StoreError::TransactionPanicked))
    );
    assert_eq!(seen, [("good".to_owned(), 1)]);
    assert_eq!(put(&store, log, 2, 1).await, 2);
    assert_eq!(&store.read(log, 1, ALL).await.unwrap()[0].data[..], b"kept");
}

#[tokio::test]
async fn documents_are_listed_by_name_within_their_scope() {
    let store = ephemeral();
    let (here, there) = (Scope::new("1", "us"), Scope::new("1", "eu"));
    let collection = Collection::new("test", "thing", &here);
    for name in ["b", "a%", "a", "ab", "c"] {
        store.put(&collection.key(name), name.to_owned()).await.unwrap();
    }
    store.put(&Collection::new("test", "thing", &there).key("a"), "other".to_owned()).await.unwrap();
    let names = async |prefix: &str, after: Option<&str>, limit| {
        let listing = Listing { prefix: prefix.into(), after: after.map(Into::into), limit };
        let found: Vec<(String, String)> = store.list(&collection, listing).await.unwrap();
        found.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names("", None, None).await, ["a", "a%", "ab", "b", "c"]);
    assert_eq!(names("a", None, None).await, ["a", "a%", "ab"]);
    assert_eq!(names("a", Some("a%"), None).await, ["ab"]);
    assert_eq!(names("", Some("a"), Some(2)).await, ["a%", "ab"]);
    let all: Vec<Entry<String>> = store.list_everywhere("test", "thing").await.unwrap();
    assert_eq!(all.iter().filter(|entry| entry.scope == there).count(), 1);
    assert_eq!(all.len(), 6);
    assert_eq!(store.delete(&collection.key("a")).await, Ok(true));
    assert_eq!(store.delete(&collection.key("a")).await, Ok(false));
    assert_eq!(store.get::<String>(&collection.key("a")).await, Ok(None));
    assert_eq!(store.get::<String>(&collection.key("b")).await, Ok(Some("b".into())));
    assert!(matches!(store.get::<i32>(&collection.key("b")).await, Err(StoreError::Document(_))));
}

#[tokio::test]
async fn a_checkpoint_keeps_what_the_next_one_leaves_out() {
    let store = ephemeral();
    let (a, b) = (new_log(&store).await, new_log(&store).await);
    let first = Checkpoint { positions: vec![(b, 5), (a, 1)], state: Some(Bytes::from_static(b"one")) };
    store.save_checkpoint("app", first).await.unwrap();
    store.save_checkpoint("app", Checkpoint { positions: vec![(a, 7)], state: None }).await.unwrap();
    let expected = Checkpoint { positions: vec![(a, 7), (b, 5)], state: Some(Bytes::from_static(b"one")) };
    assert_eq!(store.load_checkpoint("app").await, Ok(expected));
    assert_eq!(store.load_position("app", b).await, Ok(Some(5)));
    assert_eq!(store.load_position("other", b).await, Ok(None));
    store.save_checkpoint("other", Checkpoint { positions: vec![(b, 2)], state: None }).await.unwrap();
    assert_eq!((store.slowest_position(a).await, store.slowest_position(b).await), (Ok(Some(7)), Ok(Some(2))));
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let _store = open(folder.path());
    let second = Store::open(&StoreOptions { path: Some(folder.path().into()), ..StoreOptions::default() });
    assert_eq!(second.err(), Some(StoreError::InUse(folder.path().into())));
}

/// What kill -9 leaves is the files as they are: they are copied while the store is open and never closed.
#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_without_a_close() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path());
    let log = new_log(&store).await;
    for arrival_ms in 1..=50 {
        put(&store, log, arrival_ms, 3).await;
    }
    for file in ["millpond.db", "millpond.db-wal"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    let restarted = open(copy.path());
    assert_eq!(restarted.last_ordinal(log), Ok(150));
    assert_eq!(ordinals(&restarted, log, 1, ALL).await, (1..=150).collect::<Vec<_>>());
    assert_eq!(put(&restarted, log, 60, 1).await, 151);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_at_the_tip_skips_nothing_that_concurrent_writers_append() {
    const WRITERS: usize = 8;
    const CALLS: usize = 60;
    let store = ephemeral();
    let log = new_log(&store).await;
    let reader = tokio::spawn({
        let store = store.clone();
        async move {
            let (mut tail, mut seen) = (store.tail(log).unwrap(), Vec::new());
            while seen.len() < WRITERS * CALLS * 3 {
                tail.beyond(seen.len() as u64).await.unwrap();
                for record in store.read(log, seen.len() as u64 + 1, ReadLimit { records: 100, bytes: 1 << 20 }).await.unwrap() {
                    assert_eq!(record.ordinal, seen.len() as u64 + 1);
                    seen.push(record.data);
                }
            }
            seen
        }
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for call in 0..CALLS {
                    let data = format!("{writer}-{call}");
                    let append = append_of(log, 1, &[("k", data.as_bytes()); 3]);
                    let first = store.append(vec![append]).await.unwrap()[0].unwrap().first;
                    // Read your own write, at the place that was promised.
                    let read = store.read(log, first, ReadLimit { records: 3, bytes: 1 << 20 }).await.unwrap();
                    assert!(read.len() == 3 && read.iter().all(|record| record.data == data.as_bytes()));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let seen = reader.await.unwrap();
    for writer in 0..WRITERS {
        let own: Vec<_> = seen.iter().filter(|data| data.starts_with(format!("{writer}-").as_bytes())).collect();
        let calls: Vec<usize> =
            own.iter().map(|data| String::from_utf8_lossy(data).split_once('-').unwrap().1.parse().unwrap()).collect();
        assert!(calls.is_sorted() && calls.len() == CALLS * 3, "writer {writer}");
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_costs_nothing_that_was_acknowledged() {
    let store = ephemeral();
    let log = new_log(&store).await;
    put(&store, log, 1, 3).await;
    let limit_pages = async |pages: i64| {
        let limit =
            move |tx: &mut Transaction<'_>| Ok::<_, StoreError>(tx.connection().pragma_update(None, "max_page_count", pages)?);
        store.transaction(limit).await.unwrap();
    };
    // SQLite answers as if the disk were full when the file would have more pages.
    limit_pages(20).await;
    let large = move || append_of(log, 2, &vec![("k", [7; 10_000].as_slice()); 100]);
    let refused = store.append(vec![large()]).await;
    assert!(matches!(refused, Err(StoreError::DiskFull(_))), "{refused:?}");
    let refused = store.transaction(move |tx| tx.append(large())).await;
    assert!(matches!(refused, Err(StoreError::DiskFull(_))), "{refused:?}");
    assert_eq!(store.last_ordinal(log), Ok(3));
    assert_eq!(ordinals(&store, log, 1, ALL).await, [1, 2, 3]);
    limit_pages(1 << 30).await;
    assert_eq!(put(&store, log, 3, 2).await, 4);
    assert_eq!(ordinals(&store, log, 1, ALL).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn the_write_ahead_log_starts_over_under_steady_appends() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let log = new_log(&store).await;
    let size = || std::fs::metadata(folder.path().join("millpond.db-wal")).unwrap().len();
    let mut written = 0;
    // Until more was written than the file ever held; it ends early unless the disk is slow.
    while written < 2 * size() {
        assert!(written < 1 << 30, "the log has grown to {} MiB and never started over", size() >> 20);
        let append = append_of(log, 1, &vec![("k", [7; 10_000].as_slice()); 500]);
        store.append(vec![append]).await.unwrap()[0].unwrap();
        written += 5_000_000;
    }
    assert_eq!(store.last_ordinal(log), Ok(written / 10_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_log_behaves_like_a_list(steps in prop::collection::vec((0_i64..50, 1_usize..40, any::<bool>()), 1..30), from in 0_u64..600, probe in 0_i64..400) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = ephemeral();
            let log = new_log(&store).await;
            let (mut now, mut model, mut first) = (0, Vec::new(), 1);
            for (elapsed, count, trim) in steps {
                now += elapsed;
                assert_eq!(put(&store, log, now, count).await, model.len() as u64 + 1);
                model.extend(std::iter::repeat_n(now, count));
                if trim {
                    store.trim(log, now - 60).await.unwrap();
                    first = store.log_state(log).unwrap().first_ordinal;
                    let too_old = model.iter().filter(|at| **at < now - 60).count() as u64;
                    assert!(first == too_old + 1, "{first} {too_old}");
                }
            }
            let expected: Vec<_> = (from.max(first)..=model.len() as u64).collect();
            assert_eq!(ordinals(&store, log, from, ALL).await, expected);
            let at = model.iter().position(|at| *at >= probe).map_or(model.len() as u64 + 1, |at| at as u64 + 1).max(first);
            assert_eq!(store.find_by_time(log, probe).await, Ok(at));
        });
    }
}

/// Not a test but a measurement: `cargo test --release --lib store::tests::append_rate -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn append_rate() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut shards = Vec::new();
    for _ in 0..4 {
        shards.push(new_log(&store).await);
    }
    let started = std::time::Instant::now();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (store, shards) = (store.clone(), shards.clone());
            tokio::spawn(async move {
                let data = [7_u8; 100];
                let (mut records, mut waits) = (0, Vec::new());
                while started.elapsed().as_secs() < 4 {
                    let mut appends: Vec<_> = shards.iter().map(|log| Append::with_capacity(*log, 1, 125 * 130)).collect();
                    for n in 0..500 {
                        appends[n % 4].push("partition-key-1", &data);
                    }
                    let asked = std::time::Instant::now();
                    store.append(appends).await.unwrap();
                    waits.push(asked.elapsed());
                    records += 500;
                }
                (records, waits)
            })
        })
        .collect();
    let (mut total, mut waits) = (0, Vec::new());
    for task in tasks {
        let (records, waited) = task.await.unwrap();
        total += records;
        waits.extend(waited);
    }
    waits.sort_unstable();
    let rate = f64::from(total) / started.elapsed().as_secs_f64();
    let percentile = |p: usize| waits[(waits.len() - 1) * p / 1000];
    println!("append: {rate:.0} records/s, p50 {:?}, p99 {:?}, max {:?}", percentile(500), percentile(990), percentile(1000));
    let (started, mut read) = (std::time::Instant::now(), 0);
    for log in shards {
        let mut from = 1;
        loop {
            let records = store.read(log, from, ReadLimit { records: 10_000, bytes: 10 << 20 }).await.unwrap();
            let Some(last) = records.last() else { break };
            from = last.ordinal + 1;
            read += records.len();
        }
    }
    println!("read: {:.0} records/s", read as f64 / started.elapsed().as_secs_f64());
}
