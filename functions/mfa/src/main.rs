//! The Lambda function `mfa`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(mfa::flow).await
}
