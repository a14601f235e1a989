//! The Lambda function `discovery`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(discovery::FLOW).await
}
