//! The Lambda function `contact`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(contact::ROUTES).await
}
