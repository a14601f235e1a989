//! The Lambda function `logout`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(logout::ROUTES).await
}
