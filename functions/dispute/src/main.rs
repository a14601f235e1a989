//! The Lambda function `dispute`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(dispute::flow).await
}
