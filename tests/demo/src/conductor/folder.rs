//! Where a day happens on the disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

const RETRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// A folder for the bank and the phone: one that goes with the day, or one the person named.
pub(crate) struct DayFolder {
    root: PathBuf,
    temporary: Option<TempDir>,
}

impl DayFolder {
    /// A folder that is removed at the end.
    pub(crate) fn temporary() -> Result<Self> {
        let temporary = tempfile::Builder::new()
            .prefix("guichet-demo-")
            .tempdir()
            .context("no temporary folder can be made; name one with --data DIR")?;
        Ok(Self { root: temporary.path().to_owned(), temporary: Some(temporary) })
    }

    /// A folder that stays. It has to be empty: a day begins with a phone nobody has used.
    pub(crate) fn kept(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root)
            .with_context(|| format!("{} cannot be made; choose another --data", root.display()))?;
        let mut entries = std::fs::read_dir(root)
            .with_context(|| format!("{} cannot be read; choose another --data", root.display()))?;
        if entries.next().is_some() {
            bail!(
                "{} is not empty; a day needs an empty folder: choose another --data",
                root.display()
            );
        }
        Ok(Self { root: root.canonicalize()?, temporary: None })
    }

    /// A folder or file in it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Removes it, if it is not to stay. A process that was just killed may have had a last file in the making, so once is not
    /// always enough.
    pub(crate) async fn close(self) -> Result<()> {
        let Some(root) = self.temporary.map(TempDir::keep) else { return Ok(()) };
        for _ in 0..RETRIES {
            if std::fs::remove_dir_all(&root).is_ok() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        std::fs::remove_dir_all(&root)
            .with_context(|| format!("{} cannot be removed", root.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_holds_something_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = DayFolder::kept(&folder.path().join("new")).unwrap().at("");
        assert!(root.exists(), "a folder of one's own stays");
        let refusal = DayFolder::kept(folder.path()).err().unwrap();
        assert!(refusal.to_string().contains("not empty"), "{refusal}");
    }

    #[tokio::test]
    async fn a_temporary_folder_goes_with_everything_in_it() {
        let folder = DayFolder::temporary().unwrap();
        let root = folder.at("");
        std::fs::write(folder.at("file"), "x").unwrap();
        folder.close().await.unwrap();
        assert!(!root.exists());
    }
}
