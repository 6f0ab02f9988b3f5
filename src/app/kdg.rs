//! `/kdg/`: the user's own copy of the Kinesis Data Generator, with one script tag that makes its calls come here
//! (spec/workshop.md 1.6, mode C: one URL, no TLS, no preflight).

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::io;
use std::path::{self, PathBuf};
use std::sync::Arc;

/// The largest file served; the KDG's largest, faker.js, is below 2 MB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Before this script, all of the page's SDKs are loaded; after it, the page starts to use them.
const PRODUCER: &str = "<script src=\"js/producer.js\"";

/// Services that the page makes later take these endpoints (SDK for JavaScript 2, `AWS.Config.endpoint`).
const ENDPOINTS: &str = "<script>AWS.config.endpoint = location.origin; \
    if (window.AWSCognito) AWSCognito.config.endpoint = location.origin;</script>\n    ";

/// Where the page's libraries come from when the folder has no `cdn` folder with them: `cdn/HOST/PATH`.
const CDN_HOSTS: [&str; 4] = ["code.jquery.com", "maxcdn.bootstrapcdn.com", "cdnjs.cloudflare.com", "sdk.amazonaws.com"];

/// The routes; without a folder they say how to give one.
pub(super) fn router(folder: Option<PathBuf>) -> Router {
    let folder: Option<Arc<path::Path>> = folder.map(Arc::from);
    Router::new()
        .route("/kdg", get(|| std::future::ready(Redirect::temporary("/kdg/producer.html"))))
        .route("/kdg/", get(|| std::future::ready(Redirect::temporary("/kdg/producer.html"))))
        .route("/kdg/{*path}", get(file))
        .with_state(folder)
}

async fn file(State(folder): State<Option<Arc<path::Path>>>, Path(asked): Path<String>) -> Response {
    let Some(folder) = folder else {
        return failed(StatusCode::NOT_FOUND, "start Millpond with --kdg DIR, the web folder of your copy of the KDG");
    };
    let (name, root) = (asked.clone(), folder.clone());
    let read = tokio::task::spawn_blocking(move || read(&root, &name)).await;
    let bytes = match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            return failed(StatusCode::PAYLOAD_TOO_LARGE, "files of more than 16 MiB are not served");
        }
        Err(_) => return failed(StatusCode::NOT_FOUND, "the KDG's folder has no such file"),
    };
    let extension = path::Path::new(&asked).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let content_type = [(header::CONTENT_TYPE, content_type(extension))];
    match std::str::from_utf8(&bytes) {
        Ok(page) if extension == "html" => (content_type, with_endpoints(page, folder.join("cdn").is_dir())).into_response(),
        _ => (content_type, bytes).into_response(),
    }
}

fn failed(status: StatusCode, text: &'static str) -> Response {
    (status, format!("{text}\n")).into_response()
}

/// A regular file of the folder; nothing outside of it, by whatever name or link.
fn read(folder: &path::Path, name: &str) -> io::Result<Vec<u8>> {
    let folder = folder.canonicalize()?;
    let file = folder.join(name).canonicalize()?;
    let facts = file.metadata()?;
    if !file.starts_with(&folder) || !facts.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    if facts.len() > MAX_FILE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    std::fs::read(file)
}

/// The page with the endpoints set, and with its libraries from the `cdn` folder where there is one.
fn with_endpoints(page: &str, local_libraries: bool) -> String {
    let mut page = page.replacen(PRODUCER, &format!("{ENDPOINTS}{PRODUCER}"), 1);
    if local_libraries {
        for host in CDN_HOSTS {
            page = page.replace(&format!("\"https://{host}/"), &format!("\"cdn/{host}/"));
        }
    }
    page
}

fn content_type(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("web");
        std::fs::create_dir_all(folder.join("js")).unwrap();
        std::fs::write(outer.path().join("secret"), "s").unwrap();
        std::fs::write(folder.join("js/a.js"), "a").unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), folder.join("link")).unwrap();
        let absolute = outer.path().join("secret").display().to_string();
        for name in ["../secret", "js/../../secret", "link", absolute.as_str(), "js", ""] {
            assert_eq!(read(&folder, name).unwrap_err().kind(), io::ErrorKind::NotFound, "{name}");
        }
        assert_eq!(read(&folder, "js/a.js").unwrap(), b"a");
        let large = std::fs::File::create(folder.join("large")).unwrap();
        large.set_len(MAX_FILE_BYTES + 1).unwrap();
        assert_eq!(read(&folder, "large").unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn the_endpoints_are_set_once_and_before_the_page_uses_them() {
        let page = "<script src=\"https://sdk.amazonaws.com/js/sdk.js\"></script><script src=\"js/producer.js\"></script>";
        let set = with_endpoints(page, false);
        assert_eq!(set.matches("AWS.config.endpoint = location.origin").count(), 1);
        assert!(set.find("AWS.config.endpoint") < set.find("js/producer.js") && set.contains("\"https://sdk.amazonaws.com/"));
        assert!(with_endpoints(page, true).contains("\"cdn/sdk.amazonaws.com/js/sdk.js\""));
    }
}
