//! Node-API with safe types over it: the only file with `unsafe`.
//!
//! Node calls [`enter`] (or [`authorize`], the hot call) on the thread of an environment. An [`Env`] and the [`Value`]s in
//! its reach live as long as that call, which their lifetime says; neither can leave the thread.

use crate::pool::Instance;
use countersign::signature::{Parts, Signer};
use countersign::{Error, ErrorKind, Timestamp};
use napi_sys as sys;
use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// A function of the module: its name in JavaScript, and what it does.
pub(crate) struct Row(pub(crate) &'static str, pub(crate) Function);

/// Arguments that were not given are `undefined`. An error becomes an array: [`Env::failure`].
pub(crate) type Function = for<'a> fn(Env<'a>, &Arguments<'a>) -> Result<Value<'a>, Error>;

/// As many as the longest function takes.
pub(crate) type Arguments<'a> = [Value<'a>; 8];

/// An environment, during one call into this module.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    raw: sys::napi_env,
    scope: PhantomData<&'a ()>,
}

/// A JavaScript value, during one call into this module.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    raw: sys::napi_value,
    scope: PhantomData<&'a ()>,
}

/// What JavaScript may hold of this crate. The tag tells the types apart, whatever object is handed over.
pub(crate) trait Handle: 'static {
    const TAG: u64;
}

/// Drawn at random: marks the objects of this module.
const OURS: u64 = 0x5f1d_08a3_c7b2_4e96;

const fn tag<T: Handle>() -> sys::napi_type_tag {
    sys::napi_type_tag { lower: T::TAG, upper: OURS }
}

fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

fn checked(status: sys::napi_status) -> Result<(), Error> {
    match status {
        sys::Status::napi_ok => Ok(()),
        // A worker that is being terminated answers so to everything.
        other => Err(Error::new(ErrorKind::Internal, format!("Node-API answered the status {other}."))),
    }
}

/// Now, by the system clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

// Loading

/// Says which version of Node-API this module was written for.
#[unsafe(no_mangle)]
extern "C" fn node_api_module_get_api_version_v1() -> i32 {
    8
}

/// Node calls it once for each environment that loads the module.
#[unsafe(no_mangle)]
unsafe extern "C" fn napi_register_module_v1(raw: sys::napi_env, exports: sys::napi_value) -> sys::napi_value {
    #[cfg(target_env = "msvc")]
    // SAFETY: finds the functions of Node-API in this very process, before any is called, and keeps them.
    Box::leak(Box::new(unsafe { sys::setup() }));
    let env = Env { raw, scope: PhantomData };
    if env.register(exports).is_err() {
        // SAFETY: the environment is this call's, and the text ends in NUL.
        unsafe {
            sys::napi_throw_error(raw, null(), c"The native module of countersign could not be set up.".as_ptr())
        };
    }
    exports
}

impl Env<'_> {
    fn register(self, exports: sys::napi_value) -> Result<(), Error> {
        let instance = Box::into_raw(Box::<RefCell<Instance>>::default());
        // SAFETY: the environment takes the instance over and gives it to `drop_instance` when it ends.
        checked(unsafe { sys::napi_set_instance_data(self.raw, instance.cast(), Some(drop_instance), null_mut()) })?;
        for row in crate::FUNCTIONS {
            let mut function = null_mut();
            let data = std::ptr::from_ref(row).cast_mut().cast();
            let (name, len) = (row.0.as_ptr().cast(), row.0.len().cast_signed());
            // SAFETY: the name is readable for its length; the row is static and only read.
            checked(unsafe { sys::napi_create_function(self.raw, name, len, Some(enter), data, &raw mut function) })?;
            let name = self.string(row.0)?;
            // SAFETY: all three values are of this call.
            checked(unsafe { sys::napi_set_property(self.raw, exports, name.raw, function) })?;
        }
        Ok(())
    }
}

unsafe extern "C" fn drop_instance(_: sys::napi_env, instance: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer is that of `register`, and the environment gives it up once.
    drop(unsafe { Box::from_raw(instance.cast::<RefCell<Instance>>()) });
}

/// The way into every function of the module but the hot one.
unsafe extern "C" fn enter(raw: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let env = Env { raw, scope: PhantomData };
    let mut values = [null_mut(); 8];
    let (mut count, mut data) = (values.len(), null_mut());
    // SAFETY: Node's own environment and call; there is room for `count` values, and absent ones become `undefined`.
    let status =
        unsafe { sys::napi_get_cb_info(raw, info, &raw mut count, values.as_mut_ptr(), null_mut(), &raw mut data) };
    if status != sys::Status::napi_ok {
        return null_mut();
    }
    // SAFETY: the data of a function made by `register` is a static row.
    let row = unsafe { &*data.cast::<Row>() };
    let arguments = values.map(|raw| Value { raw, scope: PhantomData });
    env.answer(|| row.1(env, &arguments))
}

/// The hot call: `authorize(method, path, contentType, date, body)` of one signer, a string or a failure. Short ASCII is
/// read to the stack; everything else takes the longer way to the same bytes.
unsafe extern "C" fn authorize(raw: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let env = Env { raw, scope: PhantomData };
    let mut values = [null_mut(); 5];
    let (mut count, mut data) = (values.len(), null_mut());
    // SAFETY: as in `enter`.
    let status =
        unsafe { sys::napi_get_cb_info(raw, info, &raw mut count, values.as_mut_ptr(), null_mut(), &raw mut data) };
    if status != sys::Status::napi_ok {
        return null_mut();
    }
    // SAFETY: the data of a function made by `authorizer` is a signer that lives as long as the function.
    let signer = unsafe { &*data.cast::<Signer>() };
    let [method, path, content_type, date, body] = values.map(|raw| Value { raw, scope: PhantomData });
    env.answer(|| {
        let mut rooms =
            (Room::<16>::new(), Room::<256>::new(), Room::<64>::new(), Room::<64>::new(), Room::<1024>::new());
        let fresh;
        let date = match env.optional_text(date, "date", &mut rooms.3)? {
            Some(date) => date,
            None => {
                fresh = now().http_date();
                &*fresh
            }
        };
        let parts = Parts {
            method: env.text(method, "method", &mut rooms.0)?,
            path: env.text(path, "path", &mut rooms.1)?,
            content_type: env.text(content_type, "contentType", &mut rooms.2)?,
            date,
            body: env.bytes(body, "body", &mut rooms.4)?,
        };
        let mut out = [0; 256];
        match out.get_mut(..signer.authorization_len()) {
            Some(out) => {
                signer.write_authorization(&parts, out)?;
                env.ascii_or_string(out)
            }
            None => env.string(&signer.authorization(&parts)?),
        }
    })
}

// Texts and bytes

/// Where a string is read to: the stack if it is short ASCII, else the heap.
pub(crate) struct Room<const N: usize> {
    units: [MaybeUninit<u16>; N],
    bytes: [MaybeUninit<u8>; N],
    long: String,
}

impl<const N: usize> Room<N> {
    pub(crate) const fn new() -> Self {
        Self { units: [MaybeUninit::uninit(); N], bytes: [MaybeUninit::uninit(); N], long: String::new() }
    }
}

impl<'a> Env<'a> {
    /// Reads UTF-16 to `room`, and answers how much of it is there, without the NUL that ends it; `None` if the value is
    /// no string. UTF-16 because it is exact: Node's Latin-1 would cut the upper half of a letter off without a word.
    fn units(self, value: Value<'a>, room: &mut [MaybeUninit<u16>]) -> Result<Option<usize>, Error> {
        let mut len = 0;
        // SAFETY: the value is of this call, and the room is writable for its length, which counts the NUL.
        let status = unsafe {
            sys::napi_get_value_string_utf16(self.raw, value.raw, room.as_mut_ptr().cast(), room.len(), &raw mut len)
        };
        match status {
            sys::Status::napi_string_expected => Ok(None),
            status => checked(status).map(|()| Some(len)),
        }
    }

    /// A string, whatever its length; `None` if the value is no string.
    fn read<'b, const N: usize>(
        self,
        value: Value<'a>,
        what: &str,
        room: &'b mut Room<N>,
    ) -> Result<Option<&'b str>, Error> {
        let Some(len) = self.units(value, &mut room.units)? else { return Ok(None) };
        if len + 1 < N {
            // SAFETY: Node wrote as many units.
            let units = unsafe { std::slice::from_raw_parts(room.units.as_ptr().cast::<u16>(), len) };
            let mut seen = 0;
            for (unit, byte) in units.iter().zip(&mut room.bytes) {
                seen |= unit;
                byte.write(unit.to_le_bytes()[0]);
            }
            if seen < 0x80 {
                // SAFETY: as many bytes were written, all of them ASCII, which is UTF-8.
                let bytes = unsafe { std::slice::from_raw_parts(room.bytes.as_ptr().cast::<u8>(), len) };
                // SAFETY: the same.
                return Ok(Some(unsafe { std::str::from_utf8_unchecked(bytes) }));
            }
            room.long = utf8(units, what)?;
            return Ok(Some(&room.long));
        }
        room.long = self.long(value, what)?;
        Ok(Some(&room.long))
    }

    /// A string that does not fit on the stack.
    #[cold]
    fn long(self, value: Value<'a>, what: &str) -> Result<String, Error> {
        let mut len = 0;
        // SAFETY: the value is a string of this call; without a buffer the length alone is answered.
        checked(unsafe { sys::napi_get_value_string_utf8(self.raw, value.raw, null_mut(), 0, &raw mut len) })?;
        let mut bytes = Vec::<u8>::with_capacity(len + 1);
        let room = bytes.as_mut_ptr().cast();
        // SAFETY: the buffer is writable for its length, which counts the NUL.
        checked(unsafe { sys::napi_get_value_string_utf8(self.raw, value.raw, room, len + 1, &raw mut len) })?;
        // SAFETY: Node wrote as many bytes.
        unsafe { bytes.set_len(len) };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::new(ErrorKind::Internal, format!("Node wrote {what} as something else than UTF-8.")))?;
        if !text.contains(char::REPLACEMENT_CHARACTER) {
            return Ok(text);
        }
        // Either it stands in the text, or Node put it in the place of half a letter: UTF-16 tells.
        // SAFETY: without a buffer the length alone is answered.
        checked(unsafe { sys::napi_get_value_string_utf16(self.raw, value.raw, null_mut(), 0, &raw mut len) })?;
        let mut units = vec![0; len + 1];
        // SAFETY: the buffer is writable for its length, which counts the NUL.
        checked(unsafe {
            sys::napi_get_value_string_utf16(self.raw, value.raw, units.as_mut_ptr(), units.len(), &raw mut len)
        })?;
        utf8(&units[..len], what)
    }

    /// A string.
    pub(crate) fn text<'b, const N: usize>(
        self,
        value: Value<'a>,
        what: &str,
        room: &'b mut Room<N>,
    ) -> Result<&'b str, Error> {
        self.read(value, what, room)?.ok_or_else(|| self.wrong(value, what, "a string"))
    }

    /// A string or, for undefined and null, nothing.
    pub(crate) fn optional_text<'b, const N: usize>(
        self,
        value: Value<'a>,
        what: &str,
        room: &'b mut Room<N>,
    ) -> Result<Option<&'b str>, Error> {
        match self.read(value, what, room)? {
            None if self.is_absent(value) => Ok(None),
            None => Err(self.wrong(value, what, "a string")),
            text => Ok(text),
        }
    }

    /// A string's UTF-8, or the bytes of a Buffer or Uint8Array where they lie. No JavaScript runs while they are borrowed.
    pub(crate) fn bytes<'b, const N: usize>(
        self,
        value: Value<'a>,
        what: &str,
        room: &'b mut Room<N>,
    ) -> Result<&'b [u8], Error>
    where
        'a: 'b,
    {
        // Asked first, because it costs less than failing to read a string.
        if let Some(bytes) = self.view(value, what)? {
            return Ok(bytes);
        }
        match self.read(value, what, room)? {
            Some(text) => Ok(text.as_bytes()),
            None => Err(self.wrong(value, what, "a string, Buffer or Uint8Array")),
        }
    }

    /// The bytes of a Uint8Array; `None` if the value is none.
    fn view(self, value: Value<'a>, what: &str) -> Result<Option<&'a [u8]>, Error> {
        let (mut kind, mut len, mut data, mut buffer) = (0, 0, null_mut(), null_mut());
        // SAFETY: the value is of this call, and all places are writable.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.raw,
                value.raw,
                &raw mut kind,
                &raw mut len,
                &raw mut data,
                &raw mut buffer,
                null_mut(),
            )
        };
        if status == sys::Status::napi_invalid_arg {
            return Ok(None);
        }
        checked(status)?;
        if kind != sys::TypedarrayType::uint8_array && kind != sys::TypedarrayType::uint8_clamped_array {
            return Err(self.wrong(value, what, "a string, Buffer or Uint8Array"));
        }
        let (mut own, mut gone) = (false, false);
        // SAFETY: the buffer was answered for this call.
        checked(unsafe { sys::napi_is_arraybuffer(self.raw, buffer, &raw mut own) })?;
        if !own {
            return Err(argument(format!(
                "{what} lies in shared memory, which another thread may change meanwhile: hand over a copy, \
                 Uint8Array.from({what})."
            )));
        }
        if len == 0 || data.is_null() {
            // SAFETY: the buffer is an ArrayBuffer of this call.
            checked(unsafe { sys::napi_is_detached_arraybuffer(self.raw, buffer, &raw mut gone) })?;
            return match gone {
                true => Err(argument(format!("{what} has no bytes any more: its buffer was transferred elsewhere."))),
                false => Ok(Some(&[])),
            };
        }
        // SAFETY: Node says so. The memory belongs to the engine, is not shared with other threads, and stays as it is
        // until JavaScript runs again, which it does not before this call returns.
        Ok(Some(unsafe { std::slice::from_raw_parts(data.cast(), len) }))
    }

    fn is_absent(self, value: Value<'a>) -> bool {
        matches!(self.kind(value), sys::ValueType::napi_undefined | sys::ValueType::napi_null)
    }

    fn kind(self, value: Value<'a>) -> sys::napi_valuetype {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: the value is of this call; on failure `kind` stays.
        unsafe { sys::napi_typeof(self.raw, value.raw, &raw mut kind) };
        kind
    }

    #[cold]
    fn wrong(self, value: Value<'a>, what: &str, due: &str) -> Error {
        let found = match self.kind(value) {
            sys::ValueType::napi_undefined => "missing",
            sys::ValueType::napi_null => "null",
            sys::ValueType::napi_boolean => "a boolean",
            sys::ValueType::napi_number => "a number",
            sys::ValueType::napi_string => "a string",
            sys::ValueType::napi_symbol => "a symbol",
            sys::ValueType::napi_function => "a function",
            sys::ValueType::napi_bigint => "a BigInt",
            _ => "another object",
        };
        argument(format!("{what} is {found}: {due} is due."))
    }
}

/// UTF-8, unless a letter was cut in half: no bytes stand for that.
fn utf8(units: &[u16], what: &str) -> Result<String, Error> {
    String::from_utf16(units).map_err(|_| {
        let mut at = 0;
        for unit in char::decode_utf16(units.iter().copied()) {
            match unit {
                Ok(unit) => at += unit.len_utf16(),
                Err(_) => break,
            }
        }
        argument(format!(
            "{what} has half of a surrogate pair at index {at}: a character was cut in two. Hand over the text whole, or its \
             bytes."
        ))
    })
}

// Other values

impl<'a> Env<'a> {
    fn made(
        self,
        make: impl FnOnce(sys::napi_env, *mut sys::napi_value) -> sys::napi_status,
    ) -> Result<Value<'a>, Error> {
        let mut raw = null_mut();
        checked(make(self.raw, &raw mut raw))?;
        Ok(Value { raw, scope: PhantomData })
    }

    /// `undefined`.
    pub(crate) fn undefined(self) -> Result<Value<'a>, Error> {
        // SAFETY: Node's environment, and a writable place: so for all that follow.
        self.made(|env, out| unsafe { sys::napi_get_undefined(env, out) })
    }

    /// A string.
    pub(crate) fn string(self, text: &str) -> Result<Value<'a>, Error> {
        if text.is_ascii() {
            return self.ascii_or_string(text.as_bytes());
        }
        let (data, len) = (text.as_ptr().cast(), text.len().cast_signed());
        // SAFETY: the text is readable for its length.
        self.made(|env, out| unsafe { sys::napi_create_string_utf8(env, data, len, out) })
    }

    /// A string of bytes that are UTF-8; ASCII is copied as it is.
    fn ascii_or_string(self, bytes: &[u8]) -> Result<Value<'a>, Error> {
        if !bytes.is_ascii() {
            return self.string(&String::from_utf8_lossy(bytes));
        }
        let (data, len) = (bytes.as_ptr().cast::<c_char>(), bytes.len().cast_signed());
        // SAFETY: the bytes are readable for their length, and ASCII is Latin-1.
        self.made(|env, out| unsafe { sys::napi_create_string_latin1(env, data, len, out) })
    }

    /// A number.
    pub(crate) fn number(self, number: f64) -> Result<Value<'a>, Error> {
        // SAFETY: as for `undefined`.
        self.made(|env, out| unsafe { sys::napi_create_double(env, number, out) })
    }

    /// A Buffer with a copy of the bytes.
    pub(crate) fn buffer(self, bytes: &[u8]) -> Result<Value<'a>, Error> {
        let (data, len) = (bytes.as_ptr().cast::<c_void>(), bytes.len());
        // SAFETY: the bytes are readable for their length and copied.
        self.made(|env, out| unsafe { sys::napi_create_buffer_copy(env, len, data, null_mut(), out) })
    }

    fn array(self, items: &[Value<'a>]) -> Result<Value<'a>, Error> {
        // SAFETY: as for `undefined`.
        let array = self.made(|env, out| unsafe { sys::napi_create_array(env, out) })?;
        for (at, item) in (0..).zip(items) {
            // SAFETY: both values are of this call.
            checked(unsafe { sys::napi_set_element(self.raw, array.raw, at, item.raw) })?;
        }
        Ok(array)
    }

    /// The items of an array that this package's own JavaScript made.
    pub(crate) fn items(self, array: Value<'a>, what: &str) -> Result<Vec<Value<'a>>, Error> {
        let mut len = 0;
        // SAFETY: the value is of this call.
        if unsafe { sys::napi_get_array_length(self.raw, array.raw, &raw mut len) } != sys::Status::napi_ok {
            return Err(self.wrong(array, what, "an array"));
        }
        // SAFETY: the array is of this call.
        (0..len).map(|at| self.made(|env, out| unsafe { sys::napi_get_element(env, array.raw, at, out) })).collect()
    }

    /// A string of its own.
    pub(crate) fn owned(self, value: Value<'a>, what: &str) -> Result<String, Error> {
        self.text(value, what, &mut Room::<256>::new()).map(str::to_owned)
    }

    /// A number; `None` for undefined and null.
    pub(crate) fn optional_number(self, value: Value<'a>, what: &str) -> Result<Option<f64>, Error> {
        let mut number = 0.0;
        // SAFETY: the value is of this call, and the place is writable.
        match unsafe { sys::napi_get_value_double(self.raw, value.raw, &raw mut number) } {
            sys::Status::napi_ok => Ok(Some(number)),
            _ if self.is_absent(value) => Ok(None),
            _ => Err(self.wrong(value, what, "a number")),
        }
    }

    /// Whether it is `true`.
    pub(crate) fn flag(self, value: Value<'a>) -> bool {
        let mut flag = false;
        // SAFETY: the value is of this call; on failure `flag` stays.
        unsafe { sys::napi_get_value_bool(self.raw, value.raw, &raw mut flag) };
        flag
    }

    /// A moment in seconds since 1970; now for undefined and null.
    pub(crate) fn moment(self, value: Value<'a>) -> Result<Timestamp, Error> {
        #[expect(clippy::cast_possible_truncation, reason = "far moments go to the end of what a date can name")]
        let moment = |seconds: f64| Timestamp::from_unix(seconds as i64);
        Ok(self.optional_number(value, "now")?.map_or_else(now, moment))
    }
}

// Answers and failures

impl<'a> Env<'a> {
    /// What `work` answers, or its failure, or that it panicked.
    fn answer(self, work: impl FnOnce() -> Result<Value<'a>, Error>) -> sys::napi_value {
        let result = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "The native module panicked.")));
        // Node answers nothing more to a worker that is being terminated.
        result.or_else(|error| self.failure(&error)).map_or(null_mut(), |value| value.raw)
    }

    /// A failure, as `lib/errors.js` reads it: the error's record and the reply's body.
    pub(crate) fn failure(self, error: &Error) -> Result<Value<'a>, Error> {
        let record = self.string(&serde_json::to_string(error).unwrap_or_default())?;
        match error.body() {
            Some(body) => self.array(&[record, self.string(&String::from_utf8_lossy(body))?]),
            None => self.array(&[record]),
        }
    }

    /// JSON text of a value.
    pub(crate) fn json(self, value: &impl serde::Serialize) -> Result<Value<'a>, Error> {
        let text = serde_json::to_string(value)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))?;
        self.string(&text)
    }

    /// What this environment keeps.
    pub(crate) fn instance(self) -> Result<&'a RefCell<Instance>, Error> {
        let mut data = null_mut();
        // SAFETY: Node's environment, and a writable place.
        checked(unsafe { sys::napi_get_instance_data(self.raw, &raw mut data) })?;
        // SAFETY: `register` set it, and it lives longer than any call into this module.
        Ok(unsafe { &*data.cast::<RefCell<Instance>>() })
    }
}

// Handles

unsafe extern "C" fn drop_handle<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer came from `Arc::into_raw` of the same type, and Node gives it up once.
    drop(unsafe { Arc::from_raw(data.cast::<T>().cast_const()) });
}

impl<'a> Env<'a> {
    /// An object that holds a value of this crate until it is collected.
    pub(crate) fn wrap<T: Handle>(self, value: T) -> Result<Value<'a>, Error> {
        // SAFETY: as for `undefined`.
        let object = self.made(|env, out| unsafe { sys::napi_create_object(env, out) })?;
        let data = Arc::into_raw(Arc::new(value)).cast_mut().cast();
        // SAFETY: the object takes the pointer over and gives it to `drop_handle` of the same type.
        let status =
            unsafe { sys::napi_wrap(self.raw, object.raw, data, Some(drop_handle::<T>), null_mut(), null_mut()) };
        if status != sys::Status::napi_ok {
            // SAFETY: the object did not take it.
            drop(unsafe { Arc::from_raw(data.cast::<T>().cast_const()) });
        }
        checked(status)?;
        // SAFETY: the object is of this call; an untagged object is never unwrapped.
        checked(unsafe { sys::napi_type_tag_object(self.raw, object.raw, &tag::<T>()) })?;
        Ok(object)
    }

    fn is<T: Handle>(self, object: Value<'a>) -> bool {
        let mut is = false;
        // Asked for something that is no object, Node would throw.
        if self.kind(object) != sys::ValueType::napi_object {
            return false;
        }
        // SAFETY: the value is an object of this call; on failure `is` stays.
        unsafe { sys::napi_check_object_type_tag(self.raw, object.raw, &tag::<T>(), &raw mut is) };
        is
    }

    /// The value that an object holds.
    pub(crate) fn handle<T: Handle>(self, object: Value<'a>) -> Result<Arc<T>, Error> {
        if !self.is::<T>(object) {
            return Err(argument("This is not an object of this package, or it was closed."));
        }
        let mut data = null_mut();
        // SAFETY: the value is of this call.
        if unsafe { sys::napi_unwrap(self.raw, object.raw, &raw mut data) } != sys::Status::napi_ok {
            return Err(argument("It was closed: make a new one."));
        }
        let pointer = data.cast::<T>().cast_const();
        // SAFETY: the tag says that `wrap` put an `Arc` of this type there; the object keeps its share.
        unsafe {
            Arc::increment_strong_count(pointer);
            Ok(Arc::from_raw(pointer))
        }
    }

    /// Takes the value out of its object, which is closed then.
    pub(crate) fn take<T: Handle>(self, object: Value<'a>) -> Option<Arc<T>> {
        if !self.is::<T>(object) {
            return None;
        }
        let mut data = null_mut();
        // SAFETY: the value is of this call; a removed pointer is not given to `drop_handle` any more.
        if unsafe { sys::napi_remove_wrap(self.raw, object.raw, &raw mut data) } != sys::Status::napi_ok {
            return None;
        }
        // SAFETY: the tag says that `wrap` put an `Arc` of this type there, and nobody else has it now.
        Some(unsafe { Arc::from_raw(data.cast::<T>().cast_const()) })
    }

    /// The hot call of a signer, as a function.
    pub(crate) fn authorizer(self, signer: Signer) -> Result<Value<'a>, Error> {
        let data: *mut c_void = Arc::into_raw(Arc::new(signer)).cast_mut().cast();
        // SAFETY: the function reads the signer and does not outlive it, see below.
        let made =
            self.made(|env, out| unsafe { sys::napi_create_function(env, null(), 0, Some(authorize), data, out) });
        let kept = made.and_then(|function| {
            // SAFETY: the signer is dropped when the function was collected, and not before.
            checked(unsafe {
                let drop = Some(drop_handle::<Signer> as unsafe extern "C" fn(_, _, _));
                sys::napi_add_finalizer(self.raw, function.raw, data, drop, null_mut(), null_mut())
            })
            .map(|()| function)
        });
        if kept.is_err() {
            // SAFETY: no finalizer has it.
            drop(unsafe { Arc::from_raw(data.cast::<Signer>().cast_const()) });
        }
        kept
    }
}

// From other threads

/// What a job brings back to JavaScript.
pub(crate) struct Done {
    pub(crate) id: u32,
    /// JSON text of the answer, or the error.
    pub(crate) result: Result<String, Error>,
    /// JSON text about the attempts that were made.
    pub(crate) attempts: String,
}

/// Hands what other threads did to a JavaScript function, on the thread of its environment.
pub(crate) struct Mailbox {
    /// `None` once the environment ended.
    function: Mutex<Option<Threadsafe>>,
    /// The same for the thread of the environment, which need not wait for a thread that is sending; null at the end.
    own: AtomicPtr<sys::napi_threadsafe_function__>,
}

struct Threadsafe(sys::napi_threadsafe_function);

// SAFETY: threads may share such a function; that is what it is for.
unsafe impl Send for Threadsafe {}

impl Mailbox {
    /// It does not keep the process alive until [`Mailbox::keep_alive`] says so.
    pub(crate) fn new<'a>(env: Env<'a>, deliver: Value<'a>) -> Result<Arc<Self>, Error> {
        let mailbox = Arc::new(Self { function: Mutex::new(None), own: AtomicPtr::new(null_mut()) });
        let name = env.string("countersign")?;
        let mut made = null_mut();
        let own = Arc::into_raw(Arc::clone(&mailbox)).cast_mut().cast();
        // SAFETY: the values are of this call; `closed` gets `own` back once; `arrive` gets what `send` sends.
        let status = unsafe {
            sys::napi_create_threadsafe_function(
                env.raw,
                deliver.raw,
                null_mut(),
                name.raw,
                0,
                1,
                own,
                Some(closed),
                null_mut(),
                Some(arrive),
                &raw mut made,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: nobody took it.
            drop(unsafe { Arc::from_raw(own.cast::<Self>().cast_const()) });
        }
        checked(status)?;
        *mailbox.function.lock().unwrap_or_else(PoisonError::into_inner) = Some(Threadsafe(made));
        mailbox.own.store(made, Ordering::Release);
        mailbox.keep_alive(env, false);
        Ok(mailbox)
    }

    /// Whether the process stays for what may still arrive.
    pub(crate) fn keep_alive(&self, env: Env<'_>, yes: bool) {
        let function = self.own.load(Ordering::Acquire);
        if !function.is_null() {
            // SAFETY: on the thread of the environment, where `closed` runs too: the function is there.
            unsafe {
                match yes {
                    true => sys::napi_ref_threadsafe_function(env.raw, function),
                    false => sys::napi_unref_threadsafe_function(env.raw, function),
                };
            }
        }
    }

    /// From any thread. After the end of the environment nobody is there to hear it.
    pub(crate) fn send(&self, done: Done) {
        // Held while Node is called: `closed` waits for it, and so the function cannot go meanwhile.
        let function = self.function.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Threadsafe(raw)) = &*function else { return };
        let data = Box::into_raw(Box::new(done));
        // SAFETY: the function is there as long as the lock is held; Node takes the data over if it says ok.
        let status = unsafe {
            sys::napi_call_threadsafe_function(*raw, data.cast(), sys::ThreadsafeFunctionCallMode::nonblocking)
        };
        if status != sys::Status::napi_ok {
            // SAFETY: Node did not take it.
            drop(unsafe { Box::from_raw(data) });
        }
    }
}

/// The environment ends, or the function was given up: it must not be called any more.
unsafe extern "C" fn closed(_: sys::napi_env, own: *mut c_void, _: *mut c_void) {
    // SAFETY: the share that `Mailbox::new` gave away, given back once.
    let mailbox = unsafe { Arc::from_raw(own.cast::<Mailbox>().cast_const()) };
    mailbox.own.store(null_mut(), Ordering::Release);
    *mailbox.function.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Runs on the thread of the environment for each [`Done`].
unsafe extern "C" fn arrive(raw: sys::napi_env, deliver: sys::napi_value, _: *mut c_void, data: *mut c_void) {
    // SAFETY: `send` boxed it, and Node hands it over once.
    let done = unsafe { Box::from_raw(data.cast::<Done>()) };
    if raw.is_null() || deliver.is_null() {
        return; // The environment is gone.
    }
    let env = Env { raw, scope: PhantomData };
    let call = || {
        crate::pool::finished(env, done.id)?;
        let (answer, failure) = match &done.result {
            Ok(text) => (env.string(text)?, env.undefined()?),
            Err(error) => (env.undefined()?, env.failure(error)?),
        };
        let arguments = [env.number(done.id.into())?.raw, answer.raw, failure.raw, env.string(&done.attempts)?.raw];
        let this = env.undefined()?;
        // SAFETY: all values are of this call. The function does not throw; if it did, Node would warn of it.
        checked(unsafe {
            sys::napi_call_function(raw, this.raw, deliver, arguments.len(), arguments.as_ptr(), null_mut())
        })
    };
    // Nothing can be told to an environment that does not answer.
    let _ = catch_unwind(AssertUnwindSafe(call));
}
