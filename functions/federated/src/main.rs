//! The Lambda function `federated`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    pages::serve(federated::ROUTES).await
}
