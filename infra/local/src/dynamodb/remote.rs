//! A table in a DynamoDB that runs in another process, such as `MiniStack` or DynamoDB Local.
//!
//! Both give each access key tables of its own, so that all stacks may use one name. They delete expired items by the real clock,
//! if at all; [`Remote::sweep`] does so by the functions' clock.

use std::{
    collections::BTreeSet,
    io::{Read as _, Write},
    net::TcpStream,
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};

use super::TABLE;
use crate::{
    failure::{Context, Failure},
    template::TableDefinition,
};

/// The region of the functions.
const REGION: &str = "ca-central-1";

/// The most items that `BatchWriteItem` writes.
const BATCH: usize = 25;

pub(super) struct Remote {
    /// `host:port`.
    address: String,
    /// Names the account that has the table.
    access_key: String,
    stream_arn: String,
    read: Mutex<Read>,
    /// The attribute with the time to live.
    ttl: String,
    /// The keys of the items that were deleted because they had expired.
    swept: Mutex<BTreeSet<String>>,
}

/// What was read of the stream so far.
#[derive(Default)]
struct Read {
    records: Vec<Value>,
    /// Where each shard continues.
    iterators: Vec<Value>,
}

impl Remote {
    /// Creates the table in a new account, with the items that [`Remote::save`] wrote.
    pub(super) fn start(
        endpoint: &str,
        table: &TableDefinition,
        saved: Option<&Path>,
    ) -> Result<Self, Failure> {
        let address = endpoint.strip_prefix("http://").unwrap_or(endpoint).trim_end_matches('/');
        // `MiniStack` takes an access key of twelve digits for the account.
        let access_key = format!("{:012}", u64::from_be_bytes(app::random()) % 1_000_000_000_000);
        let ttl = table.time_to_live["AttributeName"].as_str().unwrap_or_default().to_owned();
        let mut remote = Self {
            address: address.to_owned(),
            access_key,
            stream_arn: String::new(),
            read: Mutex::default(),
            ttl,
            swept: Mutex::default(),
        };
        let mut create = table.create.clone();
        create.insert("TableName".into(), json!(TABLE));
        let created = remote.table("CreateTable", &create.into())?;
        let stream = created.pointer("/TableDescription/LatestStreamArn").and_then(Value::as_str);
        stream.ok_or_else(|| Failure::new("the table has no stream"))?.clone_into(&mut remote.stream_arn);
        let update = json!({ "TableName": TABLE, "TimeToLiveSpecification": table.time_to_live });
        remote.table("UpdateTimeToLive", &update)?;
        let described = remote.stream("DescribeStream", &json!({ "StreamArn": remote.stream_arn }))?;
        let shards = described.pointer("/StreamDescription/Shards").and_then(Value::as_array);
        for shard in shards.into_iter().flatten() {
            let ask = json!({ "StreamArn": remote.stream_arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON" });
            let iterator = remote.stream("GetShardIterator", &ask)?["ShardIterator"].take();
            remote.read.get_mut().unwrap_or_else(PoisonError::into_inner).iterators.push(iterator);
        }
        if let Some(path) = saved {
            remote.restore(path)?;
        }
        Ok(remote)
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(super) fn sweep(&self) -> Result<usize, Failure> {
        let now = app::clock::now().as_second();
        let items = self.items()?;
        let expired = items.iter().filter(|item| {
            let ttl = item[&self.ttl]["N"].as_str().and_then(|ttl| ttl.parse::<i64>().ok());
            ttl.is_some_and(|ttl| ttl < now)
        });
        let mut count = 0;
        for item in expired {
            let key = json!({ "pk": item["pk"], "sk": item["sk"] });
            self.swept.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_string());
            self.table("DeleteItem", &json!({ "TableName": TABLE, "Key": key }))?;
            count += 1;
        }
        Ok(count)
    }

    pub(super) fn records(&self, after: Option<&str>, limit: usize) -> Result<Vec<Value>, Failure> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let number = |record: &Value| record["dynamodb"]["SequenceNumber"].as_str().map(str::to_owned);
        let last = after.and_then(|after| {
            read.records.iter().rposition(|record| number(record).as_deref() == Some(after))
        });
        let start = last.map_or(0, |last| last + 1);
        if read.records.len() < start + limit {
            self.read_on(&mut read)?;
        }
        Ok(read.records.iter().skip(start).take(limit).cloned().collect())
    }

    /// Reads the rest of the stream.
    fn read_on(&self, read: &mut Read) -> Result<(), Failure> {
        let Read { records, iterators } = read;
        for iterator in iterators {
            while iterator.is_string() {
                let mut page = self.stream("GetRecords", &json!({ "ShardIterator": iterator }))?;
                let Value::Array(some) = page["Records"].take() else { break };
                *iterator = page["NextShardIterator"].take();
                if some.is_empty() {
                    break;
                }
                records.extend(some.into_iter().map(|record| self.lambda_record(record)));
            }
        }
        Ok(())
    }

    fn lambda_record(&self, mut record: Value) -> Value {
        record["eventSourceARN"] = json!(self.stream_arn);
        let key = record["dynamodb"]["Keys"].to_string();
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if record["eventName"] == "REMOVE" && swept.remove(&key) {
            record["userIdentity"] = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
        }
        record
    }

    /// Writes the items to a file. The stream is not part of it.
    pub(super) fn save(&self, path: &Path) -> Result<(), Failure> {
        std::fs::write(path, Value::from(self.items()?).to_string()).context("saving the table")
    }

    fn restore(&self, path: &Path) -> Result<(), Failure> {
        let text = std::fs::read_to_string(path).context("reading the saved table")?;
        let items: Vec<Value> = serde_json::from_str(&text).context("reading the saved table")?;
        for some in items.chunks(BATCH) {
            let puts: Vec<_> = some.iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
            self.table("BatchWriteItem", &json!({ "RequestItems": { TABLE: puts } }))?;
        }
        Ok(())
    }

    fn items(&self) -> Result<Vec<Value>, Failure> {
        let mut scan = json!({ "TableName": TABLE, "ConsistentRead": true });
        let mut items = Vec::new();
        loop {
            let mut page = self.table("Scan", &scan)?;
            if let Value::Array(some) = page["Items"].take() {
                items.extend(some);
            }
            match page["LastEvaluatedKey"].take() {
                Value::Null => return Ok(items),
                key => scan["ExclusiveStartKey"] = key,
            }
        }
    }

    fn table(&self, operation: &str, body: &Value) -> Result<Value, Failure> {
        self.call(&format!("DynamoDB_20120810.{operation}"), body)
    }

    fn stream(&self, operation: &str, body: &Value) -> Result<Value, Failure> {
        self.call(&format!("DynamoDBStreams_20120810.{operation}"), body)
    }

    /// Sends a request, and blocks until its response is there. HTTP/1.0 has no chunks.
    fn call(&self, target: &str, body: &Value) -> Result<Value, Failure> {
        let (address, key, body) = (&self.address, &self.access_key, body.to_string());
        let request = format!(
            "POST / HTTP/1.0\r\n\
             host: {address}\r\n\
             content-type: application/x-amz-json-1.0\r\n\
             x-amz-target: {target}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut response = String::new();
        let mut connection = TcpStream::connect(address).context(target)?;
        connection.write_all(request.as_bytes()).context(target)?;
        connection.read_to_string(&mut response).context(target)?;
        let (head, body) = response.split_once("\r\n\r\n").unwrap_or_default();
        if head.split(' ').nth(1) != Some("200") {
            return Err(Failure::new(format!("{target}: {response}")));
        }
        serde_json::from_str(body).context(target)
    }
}
