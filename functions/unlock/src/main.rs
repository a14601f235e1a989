//! The Lambda function `unlock`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(unlock::ROUTES).await
}
