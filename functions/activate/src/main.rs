//! The Lambda function `activate`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(activate::ROUTES).await
}
