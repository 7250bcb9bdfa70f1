//! JSON that somebody else wrote: members may be missing, and then are `null`.

use serde_json::Value;

/// The member of this name.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// The member of this name, if it is a text.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    member(value, name).as_str().map(str::to_owned)
}

/// Sets a member of an object. Does nothing to what is not one.
pub(crate) fn set(value: &mut Value, name: &str, member: impl Into<Value>) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), member.into());
    }
}
