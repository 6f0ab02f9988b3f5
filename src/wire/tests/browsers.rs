//! CORS, as the Kinesis Data Generator in a browser needs it (spec/workshop.md 1.3).

use super::*;

#[tokio::test]
async fn a_preflight_on_any_path_allows_what_was_asked() {
    for path in ["/", "/any/path", "/_millpond/health"] {
        let request = Request::options(path)
            .header("origin", "http://page")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,x-amz-target")
            .body(Body::empty())
            .unwrap();
        let answer = send(&gateway(), request).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "POST");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization,x-amz-target");
        assert_eq!(answer.header("access-control-max-age"), "172800");
    }
}

#[tokio::test]
async fn a_public_page_may_reach_a_private_address_when_it_asks() {
    let preflight = || Request::options("/").header("origin", "https://page").header("access-control-request-method", "POST");
    let asked = preflight().header("access-control-request-private-network", "true").body(Body::empty()).unwrap();
    assert_eq!(send(&gateway(), asked).await.header("access-control-allow-private-network"), "true");
    let answer = send(&gateway(), preflight().body(Body::empty()).unwrap()).await;
    assert!(!answer.headers.contains_key("access-control-allow-private-network"));
}

#[tokio::test]
async fn a_page_may_read_errors_too_and_others_get_no_such_headers() {
    let headers = [("origin", "http://page"), ("x-amz-target", "x"), ("content-type", JSON)];
    let answer = send(&gateway(), post(&headers, "{}")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (400, "*"));
    let exposed = answer.header("access-control-expose-headers");
    for name in ["x-amzn-RequestId", "x-amzn-ErrorType", "x-amz-request-id", "x-amz-id-2", "Date"] {
        assert!(exposed.split(',').any(|exposed| exposed == name), "{name} in {exposed}");
    }
    let answer = send(&gateway(), kinesis_call("PutRecord", JSON, "{}")).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
