#define FFI_SCOPE "COUNTERSIGN"
#define FFI_LIB "libcountersign.so.0"
// The same interface as countersign.h, in the form that PHP's FFI reads. Generated: `make header` rewrites it.

typedef enum {
  COUNTERSIGN_KIND_OK = 0,
  COUNTERSIGN_KIND_INVALID_ARGUMENT = 1,
  COUNTERSIGN_KIND_INVALID_ORDER = 2,
  COUNTERSIGN_KIND_INVALID_JSON = 3,
  COUNTERSIGN_KIND_CONFIGURATION = 4,
  COUNTERSIGN_KIND_UNSUPPORTED = 5,
  COUNTERSIGN_KIND_BUSY = 6,
  COUNTERSIGN_KIND_ABORTED = 7,
  COUNTERSIGN_KIND_MALFORMED = 20,
  COUNTERSIGN_KIND_UNKNOWN_KEY = 21,
  COUNTERSIGN_KIND_MISMATCH = 22,
  COUNTERSIGN_KIND_DATE_MISSING = 23,
  COUNTERSIGN_KIND_DATE_MALFORMED = 24,
  COUNTERSIGN_KIND_TOO_OLD = 25,
  COUNTERSIGN_KIND_IN_THE_FUTURE = 26,
  COUNTERSIGN_KIND_CONNECT = 40,
  COUNTERSIGN_KIND_TLS = 41,
  COUNTERSIGN_KIND_PROXY = 42,
  COUNTERSIGN_KIND_INTERRUPTED = 43,
  COUNTERSIGN_KIND_TIMEOUT = 44,
  COUNTERSIGN_KIND_AUTHENTICATION = 60,
  COUNTERSIGN_KIND_REFUSED = 61,
  COUNTERSIGN_KIND_THROTTLED = 62,
  COUNTERSIGN_KIND_GRAPHQL_REFUSED = 63,
  COUNTERSIGN_KIND_SERVER_ERROR = 64,
  COUNTERSIGN_KIND_REDIRECT = 65,
  COUNTERSIGN_KIND_UNCLEAR_STATUS = 66,
  COUNTERSIGN_KIND_UNEXPECTED_REPLY = 67,
  COUNTERSIGN_KIND_ORDER_NULL = 68,
  COUNTERSIGN_KIND_MISSING_DATA = 69,
  COUNTERSIGN_KIND_GRAPHQL_ERRORS = 70,
  COUNTERSIGN_KIND_STORE = 80,
  COUNTERSIGN_KIND_STORE_BUSY = 81,
  COUNTERSIGN_KIND_INTERNAL = 90,
} countersign_kind;

typedef enum {
  COUNTERSIGN_OUTCOME_NONE = 0,
  COUNTERSIGN_OUTCOME_NOT_PLACED = 1,
  COUNTERSIGN_OUTCOME_UNKNOWN = 2,
} countersign_outcome;

typedef struct countersign_answer countersign_answer;

typedef struct countersign_call countersign_call;

typedef struct countersign_client countersign_client;

typedef struct countersign_error countersign_error;

typedef struct countersign_event countersign_event;

typedef struct countersign_headers countersign_headers;

typedef struct countersign_options countersign_options;

typedef struct countersign_outbox countersign_outbox;

typedef struct countersign_outbox_task countersign_outbox_task;

typedef struct countersign_signer countersign_signer;

typedef struct countersign_text countersign_text;

typedef struct countersign_webhook countersign_webhook;

extern int pthread_setcancelstate(int state, int *old);

uint32_t countersign_abi_version(void);

const char *countersign_version(void);

const char *countersign_kind_name(int32_t kind);

int32_t countersign_error_kind(const countersign_error *error);

const char *countersign_error_name(const countersign_error *error, size_t *len);

const char *countersign_error_message(const countersign_error *error, size_t *len);

const char *countersign_error_next_step(const countersign_error *error, size_t *len);

const char *countersign_error_problems(const countersign_error *error, size_t *len);

int32_t countersign_error_outcome(const countersign_error *error);

bool countersign_error_retryable(const countersign_error *error);

int32_t countersign_error_status(const countersign_error *error);

int64_t countersign_error_retry_after(const countersign_error *error);

int64_t countersign_error_sent_at(const countersign_error *error);

int64_t countersign_error_settle_after(const countersign_error *error);

const char *countersign_error_request_id(const countersign_error *error, size_t *len);

const char *countersign_error_attempts(const countersign_error *error, size_t *len);

const char *countersign_error_body(const countersign_error *error, size_t *len);

const char *countersign_error_json(const countersign_error *error, size_t *len);

void countersign_error_free(countersign_error *error);

int32_t countersign_fail(const char *facts, size_t facts_len, countersign_error **err);

const char *countersign_text_data(const countersign_text *text, size_t *len);

void countersign_text_free(countersign_text *text);

size_t countersign_headers_count(const countersign_headers *headers);

bool countersign_headers_at(const countersign_headers *headers,
                            size_t index,
                            const char **name,
                            size_t *name_len,
                            const char **value,
                            size_t *value_len);

const char *countersign_headers_get(const countersign_headers *headers, const char *name, size_t name_len, size_t *len);

const char *countersign_headers_json(const countersign_headers *headers, size_t *len);

void countersign_headers_free(countersign_headers *headers);

int32_t countersign_signer_new(const char *key_id,
                               size_t key_id_len,
                               const char *secret,
                               size_t secret_len,
                               const char *scheme,
                               size_t scheme_len,
                               const char *digest,
                               size_t digest_len,
                               bool exact,
                               countersign_signer **out,
                               countersign_error **err);

void countersign_signer_free(countersign_signer *signer);

size_t countersign_authorization_size(const countersign_signer *signer);

ptrdiff_t countersign_authorization(const countersign_signer *signer,
                                    const char *head,
                                    size_t head_len,
                                    const char *body,
                                    size_t body_len,
                                    char *out,
                                    size_t out_cap,
                                    countersign_error **err);

int32_t countersign_signer_headers(const countersign_signer *signer,
                                   const char *method,
                                   size_t method_len,
                                   const char *path,
                                   size_t path_len,
                                   const char *content_type,
                                   size_t content_type_len,
                                   const char *date,
                                   size_t date_len,
                                   const char *body,
                                   size_t body_len,
                                   int64_t now,
                                   countersign_headers **out,
                                   countersign_error **err);

int32_t countersign_string_to_sign(const countersign_signer *signer,
                                   const char *head,
                                   size_t head_len,
                                   const char *body,
                                   size_t body_len,
                                   countersign_text **out,
                                   countersign_error **err);

int32_t countersign_verify(const countersign_signer *const *signers,
                           size_t signers_count,
                           const char *method,
                           size_t method_len,
                           const char *path,
                           size_t path_len,
                           const char *headers,
                           size_t headers_len,
                           const char *body,
                           size_t body_len,
                           int64_t now,
                           int64_t window,
                           size_t *signed_by,
                           countersign_error **err);

int32_t countersign_explain(const countersign_signer *signer,
                            const char *method,
                            size_t method_len,
                            const char *path,
                            size_t path_len,
                            const char *headers,
                            size_t headers_len,
                            const char *body,
                            size_t body_len,
                            countersign_text **out,
                            countersign_error **err);

int32_t countersign_options_new(countersign_options **out, countersign_error **err);

int32_t countersign_options_from_env(const char *platform,
                                     size_t platform_len,
                                     countersign_options **out,
                                     countersign_error **err);

int32_t countersign_options_set(countersign_options *options,
                                const char *name,
                                size_t name_len,
                                const char *value,
                                size_t value_len,
                                countersign_error **err);

void countersign_options_free(countersign_options *options);

int32_t countersign_options_table(countersign_text **out, countersign_error **err);

int32_t countersign_operations(const char *platform,
                               size_t platform_len,
                               countersign_text **out,
                               countersign_error **err);

const char *countersign_call_method(const countersign_call *call, size_t *len);

const char *countersign_call_url(const countersign_call *call, size_t *len);

const countersign_headers *countersign_call_headers(const countersign_call *call);

const char *countersign_call_body(const countersign_call *call, size_t *len);

int64_t countersign_call_signed_at(const countersign_call *call);

int32_t countersign_call_read(const countersign_call *call,
                              int32_t status,
                              const char *headers,
                              size_t headers_len,
                              const char *body,
                              size_t body_len,
                              countersign_answer **out,
                              countersign_error **err);

int32_t countersign_call_failed(const countersign_call *call, int32_t not_sent, countersign_error **err);

int32_t countersign_call_unreadable(const countersign_call *call,
                                    const char *why,
                                    size_t why_len,
                                    countersign_error **err);

int32_t countersign_call_lost(const countersign_call *call, countersign_error **err);

void countersign_call_free(countersign_call *call);

const char *countersign_answer_json(const countersign_answer *answer, size_t *len);

const char *countersign_answer_attempts(const countersign_answer *answer, size_t *len);

void countersign_answer_free(countersign_answer *answer);

int32_t countersign_client_new(const char *platform,
                               size_t platform_len,
                               const countersign_options *options,
                               countersign_client **out,
                               countersign_error **err);

int32_t countersign_client_with_timeout(const countersign_client *client,
                                        double seconds,
                                        countersign_client **out,
                                        countersign_error **err);

int32_t countersign_client_acting_for(const countersign_client *client,
                                      const char *partner_id,
                                      size_t partner_id_len,
                                      const char *transaction_owner_id,
                                      size_t transaction_owner_id_len,
                                      const char *bundle_owner_id,
                                      size_t bundle_owner_id_len,
                                      countersign_client **out,
                                      countersign_error **err);

int32_t countersign_client_prepare(const countersign_client *client,
                                   const char *operation,
                                   size_t operation_len,
                                   const char *input,
                                   size_t input_len,
                                   int64_t now,
                                   countersign_call **out,
                                   countersign_error **err);

int32_t countersign_client_run(const countersign_client *client,
                               const char *operation,
                               size_t operation_len,
                               const char *input,
                               size_t input_len,
                               countersign_answer **out,
                               countersign_error **err);

int32_t countersign_client_unusable(const countersign_client *client,
                                    const char *operation,
                                    size_t operation_len,
                                    const char *problems,
                                    size_t problems_len,
                                    countersign_error **err);

int32_t countersign_client_lost(const countersign_client *client,
                                const char *operation,
                                size_t operation_len,
                                const char *input,
                                size_t input_len,
                                int64_t begun,
                                const countersign_answer *answer,
                                countersign_error **err);

void countersign_client_free(countersign_client *client);

int32_t countersign_webhook_new(const char *secret,
                                size_t secret_len,
                                bool exact,
                                const char *content,
                                size_t content_len,
                                const char *encoding,
                                size_t encoding_len,
                                int64_t tolerance,
                                countersign_webhook **out,
                                countersign_error **err);

int32_t countersign_webhook_of_options(const countersign_options *options,
                                       const char *secret,
                                       size_t secret_len,
                                       const char *content,
                                       size_t content_len,
                                       const char *encoding,
                                       size_t encoding_len,
                                       int64_t tolerance,
                                       countersign_webhook **out,
                                       countersign_error **err);

int32_t countersign_webhook_add_secret(countersign_webhook *webhook,
                                       const char *secret,
                                       size_t secret_len,
                                       bool exact,
                                       countersign_error **err);

int32_t countersign_webhook_verify(const countersign_webhook *webhook,
                                   const char *headers,
                                   size_t headers_len,
                                   const char *body,
                                   size_t body_len,
                                   int64_t now,
                                   countersign_event **out,
                                   countersign_error **err);

int32_t countersign_webhook_sign(const countersign_webhook *webhook,
                                 const char *body,
                                 size_t body_len,
                                 int64_t timestamp,
                                 countersign_headers **out,
                                 countersign_error **err);

int32_t countersign_webhook_explain(const countersign_webhook *webhook,
                                    const char *headers,
                                    size_t headers_len,
                                    const char *body,
                                    size_t body_len,
                                    countersign_text **out,
                                    countersign_error **err);

void countersign_webhook_free(countersign_webhook *webhook);

const char *countersign_event_topic(const countersign_event *event, size_t *len);

const char *countersign_event_data(const countersign_event *event, size_t *len);

const char *countersign_event_dedup_key(const countersign_event *event, size_t *len);

int64_t countersign_event_timestamp(const countersign_event *event);

size_t countersign_event_secret_index(const countersign_event *event);

int32_t countersign_event_answer(const countersign_event *event,
                                 const char *external_id,
                                 size_t external_id_len,
                                 countersign_text **out,
                                 countersign_error **err);

void countersign_event_free(countersign_event *event);

int32_t countersign_minor_units(const char *amount,
                                size_t amount_len,
                                const char *currency,
                                size_t currency_len,
                                int64_t *out,
                                countersign_error **err);

int32_t countersign_outbox_new(const char *store,
                               size_t store_len,
                               const char *settings,
                               size_t settings_len,
                               countersign_outbox **out,
                               countersign_error **err);

int32_t countersign_outbox_add_account(countersign_outbox *outbox,
                                       const char *name,
                                       size_t name_len,
                                       const countersign_client *client,
                                       countersign_error **err);

int32_t countersign_outbox_operations(countersign_text **out, countersign_error **err);

int32_t countersign_outbox_run(const countersign_outbox *outbox,
                               const char *operation,
                               size_t operation_len,
                               const char *input,
                               size_t input_len,
                               countersign_text **out,
                               countersign_error **err);

int32_t countersign_outbox_begin(const countersign_outbox *outbox,
                                 const char *operation,
                                 size_t operation_len,
                                 const char *input,
                                 size_t input_len,
                                 countersign_outbox_task **out,
                                 countersign_error **err);

int32_t countersign_outbox_task_advance(countersign_outbox_task *task, int32_t *step, countersign_error **err);

const char *countersign_outbox_task_sql(const countersign_outbox_task *task, size_t *len);

size_t countersign_outbox_task_param_count(const countersign_outbox_task *task);

const char *countersign_outbox_task_param(const countersign_outbox_task *task, size_t index, size_t *len);

bool countersign_outbox_task_param_number(const countersign_outbox_task *task, size_t index, int64_t *number);

bool countersign_outbox_task_wants_rows(const countersign_outbox_task *task);

bool countersign_outbox_task_wants_commit(const countersign_outbox_task *task);

int64_t countersign_outbox_task_wait_ms(const countersign_outbox_task *task);

bool countersign_outbox_task_may_stop(const countersign_outbox_task *task);

int32_t countersign_outbox_task_row(countersign_outbox_task *task,
                                    const char *const *values,
                                    const size_t *lengths,
                                    size_t columns,
                                    countersign_error **err);

int32_t countersign_outbox_task_executed(countersign_outbox_task *task, int64_t count, countersign_error **err);

int32_t countersign_outbox_task_failed(countersign_outbox_task *task,
                                       int64_t number,
                                       const char *sqlstate,
                                       size_t sqlstate_len,
                                       const char *message,
                                       size_t message_len,
                                       bool lost,
                                       countersign_error **err);

const char *countersign_outbox_task_answer(const countersign_outbox_task *task, size_t *len);

int32_t countersign_outbox_task_next(countersign_outbox_task *task,
                                     const char *answer,
                                     size_t answer_len,
                                     countersign_text **out,
                                     countersign_error **err);

int32_t countersign_outbox_task_perform(countersign_outbox_task *task, countersign_error **err);

void countersign_outbox_task_free(countersign_outbox_task *task);

int32_t countersign_outbox_rest(const countersign_outbox *outbox, countersign_error **err);

void countersign_outbox_free(countersign_outbox *outbox);
