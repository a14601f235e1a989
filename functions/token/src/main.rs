//! The Lambda function `token`.

use http_kernel::Flow;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    http_kernel::serve(Flow::json(token::ROUTES)).await
}
