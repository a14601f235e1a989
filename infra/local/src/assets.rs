//! Serves stylesheets, fonts and images under `/static`, as CloudFront does in a deployment.

use std::path::{Component, Path, PathBuf};

use axum::{
    Router,
    extract::{Path as UrlPath, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

pub(crate) fn router(folder: PathBuf) -> Router {
    Router::new().route("/static/{*path}", get(serve)).with_state(folder)
}

/// The base path of the assets, which contains their version.
pub(crate) fn base(folder: &Path) -> String {
    let version = std::fs::read_to_string(folder.join("version"));
    format!("/static/{}", version.as_deref().map_or("none", str::trim))
}

/// Serves a file as immutable: its path contains its version.
async fn serve(State(folder): State<PathBuf>, UrlPath(path): UrlPath<String>) -> Response {
    let path = Path::new(&path);
    let content_type =
        content_type(path).filter(|_| path.components().all(|part| matches!(part, Component::Normal(_))));
    let Some(content_type) = content_type else { return StatusCode::NOT_FOUND.into_response() };
    match tokio::fs::read(folder.join(path)).await {
        Ok(bytes) => {
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn content_type(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/vnd.microsoft.icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_outside_the_folder_are_not_served() {
        let outer = std::env::temp_dir().join(format!("assets-{}", std::process::id()));
        let folder = outer.join("static");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(outer.join("a.css"), "outside").unwrap();
        std::fs::write(folder.join("a.css"), "inside").unwrap();

        let status = async |path: &str| serve(State(folder.clone()), UrlPath(path.to_owned())).await.status();
        assert_eq!(status("a.css").await, StatusCode::OK);
        let absolute = outer.join("a.css");
        for path in
            ["../a.css", "./a.css", "static/../a.css", "none.css", "", "..", absolute.to_str().unwrap()]
        {
            assert_eq!(status(path).await, StatusCode::NOT_FOUND, "{path}");
        }
        std::fs::remove_dir_all(outer).unwrap();
    }

    #[test]
    fn content_types_follow_file_extensions() {
        assert_eq!(content_type(Path::new("1/a.css")), Some("text/css; charset=utf-8"));
        assert_eq!(content_type(Path::new("1/a.exe")), None);
    }
}
