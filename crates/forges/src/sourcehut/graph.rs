//! Answering a query or a mutation in GraphQL: parsed by a library, resolved field by field. What the schema
//! does not have is refused as a whole; what a grant does not cover is an error beside no data.

use std::collections::BTreeMap;

use graphql_parser::query;
use graphql_parser::query::Definition;
use graphql_parser::query::OperationDefinition;
use graphql_parser::query::Selection;
use graphql_parser::query::SelectionSet;
use graphql_parser::query::TypeCondition;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::schema::Node;
use super::schema::Thing;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Reply;

type Set<'a> = SelectionSet<'a, &'a str>;

/// Why a query has no answer.
pub(super) enum Trouble {
    /// It asks for what the schema does not have.
    Invalid(String),
    /// It asks for what is refused or not there.
    Refused(String),
}

/// The values of a field's arguments.
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    /// A text; none if it was not given or is null.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A number inside an object, `filter.count`.
    pub(super) fn number_in(&self, name: &str, field: &str) -> Option<usize> {
        let found = self.0.get(name)?.get(field)?.as_u64()?;
        usize::try_from(found).ok()
    }

    /// A text inside an object, `filter.search`.
    pub(super) fn text_in(&self, name: &str, field: &str) -> Option<&str> {
        self.0.get(name)?.get(field)?.as_str()
    }
}

/// Answers a call whose body holds `query`, `variables` and perhaps `operationName`.
pub(super) fn answer(call: &Call<'_>) -> Answered {
    let body = call.json();
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let parsed = query::parse_query::<&str>(text).map_err(|error| invalid(&error.to_string()))?;
    let mut operations = Vec::new();
    let mut fragments = BTreeMap::new();
    for definition in &parsed.definitions {
        match definition {
            Definition::Fragment(it) => {
                fragments.insert(it.name, &it.selection_set);
            }
            Definition::Operation(OperationDefinition::SelectionSet(set)) => {
                operations.push((None, Thing::Query, set));
            }
            Definition::Operation(OperationDefinition::Query(it)) => {
                operations.push((it.name, Thing::Query, &it.selection_set));
            }
            Definition::Operation(OperationDefinition::Mutation(it)) => {
                operations.push((it.name, Thing::Mutation, &it.selection_set));
            }
            Definition::Operation(_) => {
                return Err(invalid("Nothing is subscribed to here."));
            }
        }
    }
    let wanted = body.get("operationName").and_then(Value::as_str);
    let chosen = operations.iter().find(|(name, ..)| wanted.is_none() || *name == wanted);
    let (_, root, set) = chosen.ok_or_else(|| invalid("no operation provided"))?;
    let variables = body.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    let run = Run { call, variables, fragments };
    match run.object(root, set, &mut Vec::new()) {
        Ok(data) => Ok(Reply::json(200, &json!({"data": data}))),
        Err((Trouble::Invalid(message), _)) => Err(invalid(&message)),
        Err((Trouble::Refused(message), path)) => {
            let errors = json!([{"message": message, "path": path}]);
            Ok(Reply::json(200, &json!({"errors": errors, "data": null})))
        }
    }
}

fn invalid(message: &str) -> Reply {
    let extensions = json!({"code": "GRAPHQL_VALIDATION_FAILED"});
    let errors = json!([{"message": message, "extensions": extensions}]);
    Reply::json(422, &json!({"errors": errors, "data": null}))
}

struct Run<'a> {
    call: &'a Call<'a>,
    variables: Map<String, Value>,
    fragments: BTreeMap<&'a str, &'a Set<'a>>,
}

type Found<T> = Result<T, (Trouble, Vec<Value>)>;

impl Run<'_> {
    fn object(&self, thing: &Thing, set: &Set<'_>, path: &mut Vec<Value>) -> Found<Value> {
        let mut fields = Map::new();
        self.collect(thing, set, path, &mut fields)?;
        Ok(Value::Object(fields))
    }

    fn collect(
        &self,
        thing: &Thing,
        set: &Set<'_>,
        path: &mut Vec<Value>,
        fields: &mut Map<String, Value>,
    ) -> Found<()> {
        for selection in &set.items {
            match selection {
                Selection::Field(field) => {
                    let key = field.alias.unwrap_or(field.name);
                    path.push(key.into());
                    let value = self.field(thing, field, path)?;
                    path.pop();
                    fields.insert(key.to_owned(), value);
                }
                Selection::InlineFragment(it) => {
                    let is_its = match &it.type_condition {
                        Some(TypeCondition::On(name)) => thing.is(name),
                        None => true,
                    };
                    if is_its {
                        self.collect(thing, &it.selection_set, path, fields)?;
                    }
                }
                Selection::FragmentSpread(it) => {
                    let name = it.fragment_name;
                    let Some(found) = self.fragments.get(name) else {
                        let message = format!("Unknown fragment \"{name}\".");
                        return Err((Trouble::Invalid(message), path.clone()));
                    };
                    self.collect(thing, found, path, fields)?;
                }
            }
        }
        Ok(())
    }

    fn field<'q>(
        &self,
        thing: &Thing,
        field: &query::Field<'q, &'q str>,
        path: &mut Vec<Value>,
    ) -> Found<Value> {
        if field.name == "__typename" {
            return Ok(thing.name().into());
        }
        let given = field.arguments.iter();
        let arguments = given.map(|(name, value)| ((*name).to_owned(), self.value(value)));
        let arguments = Arguments(arguments.collect());
        let node = thing.field(self.call, field.name, &arguments);
        let node = node.map_err(|trouble| (trouble, path.clone()))?;
        let set = &field.selection_set;
        let is_leaf = matches!(node, Node::Leaf(_));
        if is_leaf != set.items.is_empty() && !matches!(node, Node::Null) {
            let name = field.name;
            let message = format!("Field \"{name}\" and its selection do not fit.");
            return Err((Trouble::Invalid(message), path.clone()));
        }
        match node {
            Node::Leaf(value) => Ok(value),
            Node::Null => Ok(Value::Null),
            Node::One(thing) => self.object(&thing, set, path),
            Node::Many(things) => {
                let mut rows = Vec::new();
                for (index, thing) in things.iter().enumerate() {
                    path.push(index.into());
                    rows.push(self.object(thing, set, path)?);
                    path.pop();
                }
                Ok(rows.into())
            }
        }
    }

    fn value<'q>(&self, value: &query::Value<'q, &'q str>) -> Value {
        match value {
            query::Value::Variable(name) => self.variables.get(*name).cloned().unwrap_or_default(),
            query::Value::Int(number) => number.as_i64().into(),
            query::Value::Float(number) => (*number).into(),
            query::Value::String(text) => text.clone().into(),
            query::Value::Boolean(is_true) => (*is_true).into(),
            query::Value::Null => Value::Null,
            query::Value::Enum(word) => (*word).into(),
            query::Value::List(all) => all.iter().map(|it| self.value(it)).collect(),
            query::Value::Object(fields) => {
                let write = fields.iter().map(|(name, it)| ((*name).to_owned(), self.value(it)));
                Value::Object(write.collect())
            }
        }
    }
}
