//! The Lambda function `register`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(register::ROUTES).await
}
