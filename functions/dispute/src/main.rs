//! The Lambda function `dispute`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(dispute::ROUTES).await
}
