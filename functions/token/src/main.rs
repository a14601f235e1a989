//! The Lambda function `token`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(token::FLOW).await
}
