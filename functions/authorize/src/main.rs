//! The Lambda function `authorize`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(authorize::flow).await
}
