//! The Lambda function `userinfo`.

use http_kernel::Flow;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(Flow::json(userinfo::ROUTES)).await
}
