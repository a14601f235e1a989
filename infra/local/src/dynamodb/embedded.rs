//! The embedded DynamoDB: the API over HTTP, in memory, with the test clock.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
};

use dynoxide::{
    Database,
    actions::{
        get_records::GetRecordsRequest, get_shard_iterator::GetShardIteratorRequest,
        list_streams::ListStreamsRequest,
    },
    storage_backend::Clock,
    streams::shard_id,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::TABLE;
use crate::{
    failure::{Context, Failure},
    template::TableDefinition,
};

/// The database, which ends with this.
pub(super) struct Embedded {
    database: Database,
    stream_arn: String,
    address: SocketAddr,
    /// Stops the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

impl Embedded {
    pub(super) fn start(table: &TableDefinition, saved: Option<&Path>) -> Result<Self, Failure> {
        let database = Database::memory_with_clock(Arc::new(TestClock)).context("starting the database")?;
        match saved {
            Some(path) => database.restore_from(&text(path)?).context("reading the saved table")?,
            None => create(&database, table)?,
        }
        let stream_arn = stream_arn(&database)?;
        let (address, stop) = serve(database.clone())?;
        Ok(Self { database, stream_arn, address, _stop: stop })
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn sweep(&self) -> Result<usize, Failure> {
        self.database.sweep_ttl().context("deleting expired items")
    }

    pub(super) fn records(&self, after: Option<&str>, limit: usize) -> Result<Vec<Value>, Failure> {
        let start = if after.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
        let iterator = self.database.get_shard_iterator(GetShardIteratorRequest {
            stream_arn: self.stream_arn.clone(),
            shard_id: shard_id(TABLE),
            shard_iterator_type: start.to_owned(),
            sequence_number: after.map(str::to_owned),
        });
        let iterator = iterator.context("reading the stream")?.shard_iterator.unwrap_or_default();
        let read = GetRecordsRequest { shard_iterator: iterator, limit: Some(limit) };
        let read = self.database.get_records(read).context("reading the stream")?;
        read.records.iter().map(|record| self.lambda_record(record)).collect()
    }

    fn lambda_record(&self, record: &impl serde::Serialize) -> Result<Value, Failure> {
        let mut record = serde_json::to_value(record).context("reading a stream record")?;
        record["eventSourceARN"] = json!(self.stream_arn);
        Ok(record)
    }

    pub(super) fn save(&self, path: &Path) -> Result<(), Failure> {
        let part = path.with_extension("part");
        if part.exists() {
            std::fs::remove_file(&part).context("saving the table")?;
        }
        self.database.vacuum_into(&text(&part)?).context("saving the table")?;
        std::fs::rename(&part, path).context("saving the table")
    }
}

fn create(database: &Database, table: &TableDefinition) -> Result<(), Failure> {
    let mut create = table.create.clone();
    create.insert("TableName".into(), json!(TABLE));
    database.create_table(request(create.into())?).context("creating the table")?;
    if !table.time_to_live.is_null() {
        let update = json!({ "TableName": TABLE, "TimeToLiveSpecification": table.time_to_live });
        database.update_time_to_live(request(update)?).context("setting the table's time to live")?;
    }
    Ok(())
}

fn request<R: DeserializeOwned>(request: Value) -> Result<R, Failure> {
    serde_json::from_value(request).context("reading template.yaml's table")
}

fn stream_arn(database: &Database) -> Result<String, Failure> {
    let streams =
        database.list_streams(ListStreamsRequest::default()).context("finding the table's stream")?.streams;
    let stream = streams.into_iter().find(|stream| stream.table_name == TABLE);
    Ok(stream.ok_or_else(|| Failure::new("template.yaml's table has no stream"))?.stream_arn)
}

/// Serves on a separate thread: each call blocks its thread until the database has answered.
fn serve(database: Database) -> Result<(SocketAddr, oneshot::Sender<()>), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listening for the database")?;
    listener.set_nonblocking(true).context("listening for the database")?;
    let address = listener.local_addr().context("listening for the database")?;
    let (stop, stopped) = oneshot::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting the database")?;

    let serving = async move {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| error.to_string())?;
        tokio::select! {
            served = dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()) => served,
            _ = stopped => Ok(()),
        }
    };
    let run = move || match runtime.block_on(serving) {
        Ok(()) => {}
        Err(error) => tracing::error!(error, "the database stopped"),
    };
    thread::Builder::new().name("dynamodb".into()).spawn(run).context("starting the database")?;
    Ok((address, stop))
}

fn text(path: &Path) -> Result<String, Failure> {
    path.to_str().map(str::to_owned).ok_or_else(|| Failure::new("the folder's name is not valid Unicode"))
}

/// Gives streams, sequence numbers and time to live the functions' clock.
struct TestClock;

impl Clock for TestClock {
    fn now_unix_secs(&self) -> u64 {
        app::clock::now().as_second().unsigned_abs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        app::clock::now().as_duration().as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    fn table() -> TableDefinition {
        Template::parse(include_str!("../../../../template.yaml")).unwrap().table
    }

    impl Embedded {
        /// Puts an item of this kind with this time to live.
        pub(in crate::dynamodb) fn put(&self, pk: &str, kind: &str, ttl: Option<i64>) {
            let mut item = json!({ "pk": { "S": pk }, "sk": { "S": "A" }, "kind": { "S": kind } });
            if let Some(ttl) = ttl {
                item["ttl"] = json!({ "N": ttl.to_string() });
            }
            let put = serde_json::from_value(json!({ "TableName": TABLE, "Item": item })).unwrap();
            self.database.put_item(put).unwrap();
        }
    }

    #[test]
    fn records_of_expired_items_name_dynamodb() {
        let database = Embedded::start(&table(), None).unwrap();
        database.put("past", "a", Some(1));
        database.put("future", "a", Some(app::clock::now().as_second() + 60));
        assert_eq!(database.sweep().unwrap(), 1);

        let records = database.records(None, 10).unwrap();
        let names: Vec<_> = records.iter().map(|record| record["eventName"].as_str().unwrap()).collect();
        assert_eq!(names, ["INSERT", "INSERT", "REMOVE"]);
        assert_eq!(records[2]["userIdentity"]["principalId"], "dynamodb.amazonaws.com");
        assert!(records[2]["eventSourceARN"].as_str().unwrap().contains(TABLE));

        let first = records[0]["dynamodb"]["SequenceNumber"].as_str();
        assert_eq!(database.records(first, 10).unwrap(), records[1..]);
        assert_eq!(database.records(None, 1).unwrap(), records[..1]);
    }

    #[test]
    fn a_saved_table_is_restored() {
        let path = std::env::temp_dir().join(format!("saved-table-{}.sqlite", std::process::id()));
        let database = Embedded::start(&table(), None).unwrap();
        database.put("kept", "a", None);
        database.save(&path).unwrap();
        database.save(&path).unwrap();

        let restored = Embedded::start(&table(), Some(&path)).unwrap();
        assert_eq!(restored.records(None, 10).unwrap(), database.records(None, 10).unwrap());
        std::fs::remove_file(path).unwrap();
    }
}
