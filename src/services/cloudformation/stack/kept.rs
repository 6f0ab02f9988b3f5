//! Stacks in the store. The documents of a stack's parts have its id before their own name.

use super::super::error::{Invalid, StackError};
use super::record::{ChangeSet, Event, Export, Stack};
use super::resource::Resource;
use crate::base::account::Scope;
use crate::base::arn::Arn;
use crate::base::clock::Millis;
use crate::store::{Collection, Entry, Key, Listing, Store, StoreError, Transaction};
use std::collections::BTreeMap;

/// Most stacks of an account and region (user guide, CloudFormation quotas).
const MOST_STACKS: usize = 2000;

/// How long deleted stacks can be looked at (API reference, ListStacks).
const DELETED_KEPT_MS: Millis = 90 * 24 * 60 * 60 * 1000;

/// Deleted stacks that are kept at most, the latest: tests make and delete many.
const MOST_DELETED: usize = 500;

/// Events of a stack that are kept, the latest.
const MOST_EVENTS: u64 = 20_000;

/// The stacks of a store.
#[derive(Clone, Debug)]
pub(in super::super) struct Kept(pub(super) Store);

fn documents(kind: &'static str, scope: &Scope) -> Collection {
    Collection::new("cloudformation", kind, scope)
}

fn stack_key(scope: &Scope, id: &str) -> Key {
    documents("stack", scope).key(id)
}

fn name_key(scope: &Scope, name: &str) -> Key {
    documents("stack-name", scope).key(name)
}

fn part(kind: &'static str, scope: &Scope, stack: &str, name: &str) -> Key {
    documents(kind, scope).key(format!("{stack}/{name}"))
}

/// The latest event has the least name, so that a listing begins with it.
fn event_key(scope: &Scope, stack: &str, number: u64) -> Key {
    part("event", scope, stack, &format!("{:020}", u64::MAX - number))
}

fn parts_of(stack: &str) -> Listing {
    Listing { prefix: format!("{stack}/"), ..Listing::default() }
}

/// What a caller calls a stack by: its name, or its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Found {
    Id(String),
    Name(String),
}

impl Found {
    /// Reads what a caller gives.
    pub(in super::super) fn read(name: &str) -> Self {
        let id = Arn::parse(name).and_then(|arn| arn.resource_after("stack")?.split_once('/').map(|(_, id)| id.to_owned()));
        id.map_or_else(|| Self::Name(name.to_owned()), Self::Id)
    }
}

impl Kept {
    /// The stacks of this store.
    pub(in super::super) fn new(store: Store) -> Self {
        Self(store)
    }

    /// The stack that a caller names; a deleted one only by its ARN.
    pub(in super::super) async fn find(&self, scope: &Scope, name: &str) -> Result<Option<Stack>, StoreError> {
        let (id, by_name) = match Found::read(name) {
            Found::Id(id) => (Some(id), false),
            Found::Name(name) => (self.0.get::<String>(&name_key(scope, &name)).await?, true),
        };
        let Some(id) = id else { return Ok(None) };
        let found: Option<Stack> = self.0.get(&stack_key(scope, &id)).await?;
        Ok(found.filter(|stack| !(by_name && stack.is_deleted())))
    }

    /// All stacks, deleted ones too, oldest first.
    pub(in super::super) async fn stacks(&self, scope: &Scope) -> Result<Vec<Stack>, StoreError> {
        let found: Vec<(String, Stack)> = self.0.list(&documents("stack", scope), Listing::default()).await?;
        let mut stacks: Vec<Stack> = found.into_iter().map(|(_, stack)| stack).collect();
        stacks.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
        Ok(stacks)
    }

    /// The stacks of all accounts and regions.
    pub(in super::super) async fn everywhere(&self) -> Result<Vec<Entry<Stack>>, StoreError> {
        self.0.list_everywhere("cloudformation", "stack").await
    }

    /// Keeps a new stack, with its first template and change set if there are any.
    pub(in super::super) async fn create(
        &self,
        scope: &Scope,
        stack: Stack,
        template: Option<String>,
        change_set: Option<ChangeSet>,
    ) -> Result<(), StackError> {
        let scope = scope.clone();
        self.0
            .transaction(move |tx| {
                let holder = tx.get::<String>(&name_key(&scope, &stack.name))?;
                let holder = holder.map(|id| tx.get::<Stack>(&stack_key(&scope, &id))).transpose()?.flatten();
                // A kill may have come between a deletion and the release of the name.
                if holder.is_some_and(|holder| !holder.is_deleted()) {
                    return Err(StackError::AlreadyExists(stack.name));
                }
                if tx.list::<String>(&documents("stack-name", &scope), &Listing::default())?.len() >= MOST_STACKS {
                    return Err(StackError::LimitExceeded(format!("There are {MOST_STACKS} stacks already")));
                }
                let version = change_set.as_ref().map_or(&stack.current, |set| &set.version);
                if let Some(text) = template {
                    tx.put(&part("template", &scope, &stack.id, &version.template), &text)?;
                }
                if let Some(set) = &change_set {
                    tx.put(&part("change-set", &scope, &stack.id, &set.id), set)?;
                }
                tx.put(&name_key(&scope, &stack.name), &stack.id)?;
                tx.put(&stack_key(&scope, &stack.id), &stack)?;
                Ok(())
            })
            .await
    }

    /// Changes a stack that no operation is running on; a template that belongs to the change is kept with it.
    pub(in super::super) async fn change(
        &self,
        scope: &Scope,
        id: &str,
        template: Option<(String, String)>,
        change: impl FnOnce(&mut Stack) -> Result<(), StackError> + Send + 'static,
    ) -> Result<Stack, StackError> {
        let (scope, id) = (scope.clone(), id.to_owned());
        self.0
            .transaction(move |tx| {
                let key = stack_key(&scope, &id);
                let gone = || StackError::Invalid(Invalid(format!("Stack with id {id} does not exist")));
                let mut stack: Stack = tx.get(&key)?.ok_or_else(gone)?;
                change(&mut stack)?;
                if let Some((name, text)) = template {
                    tx.put(&part("template", &scope, &id, &name), &text)?;
                }
                tx.put(&key, &stack)?;
                Ok(stack)
            })
            .await
    }

    /// Keeps a stack with some of its resources, those that are no more, and new events, numbered from the stack's count on.
    pub(super) async fn save(
        &self,
        scope: &Scope,
        stack: Stack,
        resources: Vec<Resource>,
        gone: Vec<String>,
        events: Vec<Event>,
    ) -> Result<(), StoreError> {
        let scope = scope.clone();
        self.0
            .transaction(move |tx| {
                for resource in resources {
                    tx.put(&part("resource", &scope, &stack.id, &resource.logical_id), &resource)?;
                }
                for logical_id in gone {
                    tx.delete(&part("resource", &scope, &stack.id, &logical_id))?;
                }
                let first = stack.events.saturating_sub(u64::try_from(events.len()).unwrap_or_default());
                for (number, event) in (first..).zip(events) {
                    tx.put(&event_key(&scope, &stack.id, number), &event)?;
                    if let Some(old) = number.checked_sub(MOST_EVENTS) {
                        tx.delete(&event_key(&scope, &stack.id, old))?;
                    }
                }
                tx.put(&stack_key(&scope, &stack.id), &stack)
            })
            .await
    }

    /// The text of a version's template.
    pub(in super::super) async fn template(&self, scope: &Scope, stack: &str, name: &str) -> Result<Option<String>, StoreError> {
        self.0.get(&part("template", scope, stack, name)).await
    }

    /// Forgets the text of a version's template.
    pub(super) async fn forget_template(&self, scope: &Scope, stack: &str, name: &str) -> Result<(), StoreError> {
        self.0.delete(&part("template", scope, stack, name)).await.map(drop)
    }

    /// The resources of a stack, by logical id.
    pub(in super::super) async fn resources(&self, scope: &Scope, stack: &str) -> Result<BTreeMap<String, Resource>, StoreError> {
        let found: Vec<(String, Resource)> = self.0.list(&documents("resource", scope), parts_of(stack)).await?;
        Ok(found.into_iter().map(|(_, resource)| (resource.logical_id.clone(), resource)).collect())
    }

    /// Events of a stack, the latest first, after the one called `after`; each with its name.
    pub(in super::super) async fn events(
        &self,
        scope: &Scope,
        stack: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Event)>, StoreError> {
        let after = after.map(|after| format!("{stack}/{after}"));
        let listing = Listing { after, limit: Some(limit), ..parts_of(stack) };
        let found: Vec<(String, Event)> = self.0.list(&documents("event", scope), listing).await?;
        let name = |full: String| full.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(found.into_iter().map(|(full, event)| (name(full), event)).collect())
    }

    /// All exports, by name.
    pub(in super::super) async fn exports(&self, scope: &Scope) -> Result<BTreeMap<String, Export>, StoreError> {
        Ok(self.0.list(&documents("export", scope), Listing::default()).await?.into_iter().collect())
    }

    /// Makes `exports` those of the stack: name and value.
    ///
    /// # Errors
    /// Another stack exports a name, or uses one that would change or go.
    pub(super) async fn export(&self, scope: &Scope, stack: &Stack, exports: BTreeMap<String, String>) -> Result<(), StackError> {
        let (scope, id, stack_name) = (scope.clone(), stack.id.clone(), stack.name.clone());
        self.0
            .transaction(move |tx| {
                let all: Vec<(String, Export)> = tx.list(&documents("export", &scope), &Listing::default())?;
                let mut touched = Vec::new();
                for (name, old) in &all {
                    match exports.get(name) {
                        Some(_) if old.stack != id => {
                            let owner = &old.stack_name;
                            return Err(Invalid(format!("Export with name {name} is already exported by stack {owner}")).into());
                        }
                        Some(value) if *value != old.value => touched.push((name, "updated")),
                        None if old.stack == id => touched.push((name, "deleted")),
                        _ => {}
                    }
                }
                unused(tx, &scope, &touched)?;
                for (name, what) in touched {
                    if what == "deleted" {
                        tx.delete(&documents("export", &scope).key(name.as_str()))?;
                    }
                }
                for (name, value) in exports {
                    let export = Export { stack: id.clone(), stack_name: stack_name.clone(), value };
                    tx.put(&documents("export", &scope).key(name), &export)?;
                }
                Ok(())
            })
            .await
    }

    /// The names of stacks that import `export`.
    pub(in super::super) async fn importers(&self, scope: &Scope, export: &str) -> Result<Vec<String>, StoreError> {
        let stacks = self.stacks(scope).await?;
        let uses = |stack: &Stack| !stack.is_deleted() && stack.imports.contains(export);
        Ok(stacks.into_iter().filter(uses).map(|stack| stack.name).collect())
    }

    /// Gives a deleted stack's name free, and forgets the oldest deleted ones.
    pub(super) async fn release(&self, scope: &Scope, stack: &Stack, now_ms: Millis) -> Result<(), StoreError> {
        let (scope, stack) = (scope.clone(), stack.clone());
        self.0
            .transaction(move |tx| {
                tx.delete(&name_key(&scope, &stack.name))?;
                let sets: Vec<(String, ChangeSet)> = tx.list(&documents("change-set", &scope), &parts_of(&stack.id))?;
                for (name, _) in sets {
                    tx.delete(&documents("change-set", &scope).key(name))?;
                }
                let all: Vec<(String, Stack)> = tx.list(&documents("stack", &scope), &Listing::default())?;
                let mut deleted: Vec<(Millis, String)> = all
                    .into_iter()
                    .filter(|(_, stack)| stack.is_deleted())
                    .map(|(id, stack)| (stack.deleted_ms.unwrap_or_default(), id))
                    .collect();
                deleted.sort();
                let surplus = deleted.len().saturating_sub(MOST_DELETED);
                for (place, (at_ms, id)) in deleted.into_iter().enumerate() {
                    if place < surplus || at_ms + DELETED_KEPT_MS < now_ms {
                        forget(tx, &scope, &id)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// The change set that a caller names by name or ARN, of the stack with this id where one is given.
    pub(in super::super) async fn change_set(
        &self,
        scope: &Scope,
        stack: Option<&str>,
        name: &str,
    ) -> Result<Option<ChangeSet>, StoreError> {
        let listing = stack.map(parts_of).unwrap_or_default();
        let found: Vec<(String, ChangeSet)> = self.0.list(&documents("change-set", scope), listing).await?;
        Ok(found.into_iter().map(|(_, set)| set).find(|set| set.name == name || set.arn(scope) == name))
    }

    /// The change sets of a stack, oldest first.
    pub(in super::super) async fn change_sets(&self, scope: &Scope, stack: &str) -> Result<Vec<ChangeSet>, StoreError> {
        let found: Vec<(String, ChangeSet)> = self.0.list(&documents("change-set", scope), parts_of(stack)).await?;
        let mut sets: Vec<ChangeSet> = found.into_iter().map(|(_, set)| set).collect();
        sets.sort_by_key(|set| set.created_ms);
        Ok(sets)
    }

    /// Keeps a change set, and the template that it brings.
    pub(in super::super) async fn keep_change_set(
        &self,
        scope: &Scope,
        set: ChangeSet,
        template: Option<String>,
    ) -> Result<(), StackError> {
        let scope = scope.clone();
        self.0
            .transaction(move |tx| {
                if let Some(text) = template {
                    tx.put(&part("template", &scope, &set.stack, &set.version.template), &text)?;
                }
                Ok(tx.put(&part("change-set", &scope, &set.stack, &set.id), &set)?)
            })
            .await
    }

    /// Forgets a change set; its template too unless the stack uses it.
    pub(in super::super) async fn forget_change_set(
        &self,
        scope: &Scope,
        set: &ChangeSet,
        keep_template: bool,
    ) -> Result<(), StoreError> {
        let (scope, set) = (scope.clone(), set.clone());
        self.0
            .transaction(move |tx| {
                if !keep_template {
                    tx.delete(&part("template", &scope, &set.stack, &set.version.template))?;
                }
                tx.delete(&part("change-set", &scope, &set.stack, &set.id)).map(drop)
            })
            .await
    }
}

/// Refuses if a stack uses one of the exports that change or go.
fn unused(tx: &Transaction<'_>, scope: &Scope, touched: &[(&String, &str)]) -> Result<(), StackError> {
    if touched.is_empty() {
        return Ok(());
    }
    let stacks: Vec<(String, Stack)> = tx.list(&documents("stack", scope), &Listing::default())?;
    for (name, what) in touched {
        let mut users =
            stacks.iter().map(|(_, stack)| stack).filter(|stack| !stack.is_deleted() && stack.imports.contains(*name));
        if let Some(user) = users.next() {
            return Err(Invalid(format!("Export {name} cannot be {what} as it is in use by {}", user.name)).into());
        }
    }
    Ok(())
}

fn forget(tx: &mut Transaction<'_>, scope: &Scope, stack: &str) -> Result<(), StoreError> {
    for kind in ["event", "resource", "template"] {
        let of = documents(kind, scope);
        let parts: Vec<(String, serde::de::IgnoredAny)> = tx.list(&of, &parts_of(stack))?;
        for (name, _) in parts {
            tx.delete(&of.key(name))?;
        }
    }
    tx.delete(&stack_key(scope, stack)).map(drop)
}
