//! The Lambda function `help`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(help::ROUTES).await
}
