//! What becomes of a document, or of a whole request, by the status it was answered with. Pure, so that the table below is all there is to it.

/// What becomes of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The server has it.
    Indexed,
    /// It is sent again, until the retry duration has passed.
    Again,
    /// It will never be taken: it goes to S3 at once.
    Rejected,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The answer speaks of each document.
    Items,
    /// It is sent again in smaller pieces.
    TooLarge,
    /// It is sent again as it is.
    Failed,
}

/// By the status of an item. `retry_rejected` is AWS's way: even what can never be taken is sent until the retry duration has passed.
pub(super) fn of_item(status: u16, retry_rejected: bool) -> Verdict {
    match status {
        200..=299 => Verdict::Indexed,
        400..=499 if status != 429 && !retry_rejected => Verdict::Rejected,
        _ => Verdict::Again,
    }
}

/// By the status of the answer.
pub(super) fn of_request(status: u16) -> Answered {
    match status {
        200..=299 => Answered::Items,
        413 => Answered::TooLarge,
        _ => Answered::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items() {
        for (status, fast, as_aws) in [
            (200, Verdict::Indexed, Verdict::Indexed),
            (201, Verdict::Indexed, Verdict::Indexed),
            (400, Verdict::Rejected, Verdict::Again),
            (404, Verdict::Rejected, Verdict::Again),
            (409, Verdict::Rejected, Verdict::Again),
            (429, Verdict::Again, Verdict::Again),
            (500, Verdict::Again, Verdict::Again),
            (503, Verdict::Again, Verdict::Again),
        ] {
            assert_eq!((of_item(status, false), of_item(status, true)), (fast, as_aws), "{status}");
        }
    }

    #[test]
    fn requests() {
        for (status, expected) in [
            (200, Answered::Items),
            (400, Answered::Failed),
            (403, Answered::Failed),
            (413, Answered::TooLarge),
            (503, Answered::Failed),
        ] {
            assert_eq!(of_request(status), expected, "{status}");
        }
    }
}
