//! The Lambda function `rotate`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    rotation::run(rotate::handle).await
}
