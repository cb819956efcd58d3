//! The three payloads. Scalars stay as the platform wrote them: only samples document their types.

use crate::sign_customiser::account::lenient_map;
use serde::Deserialize;

/// Any of the forms in which the platform writes a scalar; absent and null are `None`.
type Text = Option<serde_json::Value>;

/// A finished design.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct ProductCreated {
    pub product_id: Text,
    pub title: Text,
    pub description: Text,
    pub description_html: Text,
    pub external_id: Text,
    #[serde(deserialize_with = "lenient_map")]
    pub external_data: serde_json::Map<String, serde_json::Value>,
    pub price: Text,
    pub compare_price: Text,
    pub customiser_id: Text,
    pub logo_upload_id: Text,
    /// Fetch it over https only, and never blindly from a server inside your network.
    pub product_image_url: Text,
    pub uploads: Option<Vec<serde_json::Value>>,
    pub created_at: Text,
    pub updated_at: Text,
}

/// An accepted order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct OrderCreated {
    pub order_id: Text,
    pub order_number: Text,
    pub external_order_number: Text,
    /// The shop's id of the order: it settles an unknown outcome.
    pub external_id: Text,
    pub order_total: Text,
    pub app_total: Text,
    pub currency: Text,
    pub shipping_line: Text,
    /// With `state`, where orders go out with `province`.
    #[serde(deserialize_with = "lenient_map")]
    pub billing_address: serde_json::Map<String, serde_json::Value>,
    #[serde(deserialize_with = "lenient_map")]
    pub shipping_address: serde_json::Map<String, serde_json::Value>,
    #[serde(deserialize_with = "lenient_map")]
    pub customer: serde_json::Map<String, serde_json::Value>,
    pub products: Option<Vec<serde_json::Value>>,
}

/// A form that was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct FormSubmitted {
    pub submission_number: Text,
    #[serde(rename = "type")]
    pub kind: Text,
    #[serde(deserialize_with = "lenient_map")]
    pub form: serde_json::Map<String, serde_json::Value>,
    pub responses: Option<Vec<serde_json::Value>>,
    pub created_at: Text,
}
