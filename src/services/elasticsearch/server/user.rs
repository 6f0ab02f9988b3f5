//! Who a server runs as. Elasticsearch and OpenSearch refuse to run as root, so where Millpond is root they run as `nobody`.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;

/// The unprivileged user.
const USER: &str = "nobody";

/// A user other than ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OtherUser {
    uid: u32,
    gid: u32,
}

impl OtherUser {
    /// The user that servers have to run as; `None` when they may run as we do.
    pub(super) fn needed() -> Option<Self> {
        let ours = std::fs::metadata("/proc/self").ok()?;
        (ours.uid() == 0).then(|| {
            let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
            Self::in_passwd(&passwd).unwrap_or(Self { uid: 65_534, gid: 65_534 })
        })
    }

    fn in_passwd(passwd: &str) -> Option<Self> {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(USER))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some(Self { uid: ids.next()?.ok()?, gid: ids.next()?.ok()? })
    }

    /// The arguments of `setpriv` that become this user.
    pub(super) fn setpriv(self) -> Vec<String> {
        vec![format!("--reuid={}", self.uid), format!("--regid={}", self.gid), "--clear-groups".to_owned()]
    }

    /// Gives a folder and all in it to this user.
    pub(super) fn give(self, path: &Path) -> std::io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))?;
        if path.is_dir() {
            for entry in std::fs::read_dir(path)? {
                self.give(&entry?.path())?;
            }
        }
        Ok(())
    }

    /// Whether this user can reach what lies in a folder: every folder above it must let others pass.
    pub(super) fn can_reach(path: &Path) -> Result<(), String> {
        for folder in path.ancestors().filter(|folder| folder.exists()) {
            let mode = std::fs::metadata(folder).map_err(|error| error.to_string())?.permissions().mode();
            if mode & 0o001 == 0 {
                return Err(format!(
                    "Millpond runs as root, Elasticsearch refuses to, so it is started as {USER}; but {USER} cannot enter {}. Move {} to a \
                     folder that everyone may enter, or run Millpond as an ordinary user",
                    folder.display(),
                    path.display()
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_found_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        assert_eq!(OtherUser::in_passwd(passwd), Some(OtherUser { uid: 65_534, gid: 65_533 }));
        assert_eq!(OtherUser::in_passwd("root:x:0:0::/:/bin/sh\n"), None);
    }

    #[test]
    fn a_closed_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let error = OtherUser::can_reach(&folder.path().join("data")).unwrap_err();
        assert!(error.contains(&format!("cannot enter {}", folder.path().display())), "{error}");
    }
}
