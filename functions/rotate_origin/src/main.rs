//! The Lambda function `rotate_origin`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    rotation::run(rotate_origin::handle).await
}
