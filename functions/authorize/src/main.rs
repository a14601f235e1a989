//! The Lambda function `authorize`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(authorize::ROUTES).await
}
