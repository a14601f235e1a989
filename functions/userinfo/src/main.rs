//! The Lambda function `userinfo`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(userinfo::FLOW).await
}
