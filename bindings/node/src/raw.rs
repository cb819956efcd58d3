//! Node-API as it is, for what must be exact or fast: the only file with `unsafe`.
//!
//! napi's own conversions would put another character in the place of half a letter, and read memory that other threads
//! write to; and calling a function made by it costs more than a signature.

use crate::input::{Bytes, Flaw, Number, Text, failure, panicked, utf8};
use countersign::signature::{Parts, Signer};
use countersign::{Error, system_time};
use napi::Env;
use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, Unknown};
use napi::sys::{self, Status, TypedarrayType, ValueType};
use std::borrow::Cow;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};

fn checked(status: sys::napi_status) -> Result<(), Flaw> {
    match status {
        Status::napi_ok => Ok(()),
        // A worker that is being terminated answers so to everything.
        other => Err(Flaw::Status(other)),
    }
}

/// A value of a call, as long as the call.
#[derive(Clone, Copy)]
struct Value<'a> {
    env: sys::napi_env,
    raw: sys::napi_value,
    call: PhantomData<&'a ()>,
}

impl<'a> Value<'a> {
    /// # Safety
    ///
    /// Environment and value are of a call that lasts as long as `'a`, in which no JavaScript runs meanwhile.
    unsafe fn new(env: sys::napi_env, raw: sys::napi_value) -> Self {
        Self { env, raw, call: PhantomData }
    }

    /// What it is, because it is not what it should be.
    #[cold]
    fn found(self) -> Flaw {
        let mut kind = ValueType::napi_undefined;
        // SAFETY: the value is of this call; on failure `kind` stays.
        unsafe { sys::napi_typeof(self.env, self.raw, &raw mut kind) };
        Flaw::of(kind.into())
    }

    /// A string that does not fit on the stack.
    #[cold]
    fn long(self) -> Result<String, Flaw> {
        let mut len = 0;
        // SAFETY: the value is a string of this call; without a buffer the length alone is answered.
        checked(unsafe { sys::napi_get_value_string_utf16(self.env, self.raw, null_mut(), 0, &raw mut len) })?;
        let mut units = vec![0; len + 1];
        let room = units.as_mut_ptr();
        // SAFETY: the buffer is writable for its length, which counts the NUL.
        checked(unsafe { sys::napi_get_value_string_utf16(self.env, self.raw, room, len + 1, &raw mut len) })?;
        utf8(&units[..len])
    }

    /// The bytes of a Uint8Array where they lie; `None` if the value is none.
    fn view(self) -> Result<Option<&'a [u8]>, Flaw> {
        let (mut kind, mut len, mut data, mut buffer) = (0, 0, null_mut(), null_mut());
        let (kind_out, len_out, data_out, buffer_out) = (&raw mut kind, &raw mut len, &raw mut data, &raw mut buffer);
        // SAFETY: the value is of this call, and all places are writable.
        match unsafe {
            sys::napi_get_typedarray_info(self.env, self.raw, kind_out, len_out, data_out, buffer_out, null_mut())
        } {
            Status::napi_invalid_arg => return Ok(None),
            status => checked(status)?,
        }
        if kind != TypedarrayType::uint8_array && kind != TypedarrayType::uint8_clamped_array {
            return Err(self.found());
        }
        let (mut own, mut gone) = (false, false);
        // SAFETY: the buffer was answered for this call.
        checked(unsafe { sys::napi_is_arraybuffer(self.env, buffer, &raw mut own) })?;
        if !own {
            return Err(Flaw::Shared);
        }
        if len == 0 || data.is_null() {
            // SAFETY: the buffer is an ArrayBuffer of this call.
            checked(unsafe { sys::napi_is_detached_arraybuffer(self.env, buffer, &raw mut gone) })?;
            return if gone { Err(Flaw::Gone) } else { Ok(Some(&[])) };
        }
        // SAFETY: Node says so. The memory belongs to the engine, is not shared with other threads, and stays as it is
        // until JavaScript runs again, which `new` excludes.
        Ok(Some(unsafe { std::slice::from_raw_parts(data.cast(), len) }))
    }
}

/// Where a string is read to: the stack if it is short ASCII, else the heap.
struct Room<const N: usize> {
    units: [MaybeUninit<u16>; N],
    bytes: [MaybeUninit<u8>; N],
    long: String,
}

impl<const N: usize> Room<N> {
    const fn new() -> Self {
        Self { units: [MaybeUninit::uninit(); N], bytes: [MaybeUninit::uninit(); N], long: String::new() }
    }

    /// A string, whatever its length. By way of UTF-16 because that is exact: Node's Latin-1 would cut the upper half of a
    /// letter off without a word.
    fn read(&mut self, value: Value<'_>) -> Result<&str, Flaw> {
        let (mut len, room) = (0, self.units.as_mut_ptr().cast());
        // SAFETY: the value is of this call, and the room is writable for its length, which counts the NUL.
        match unsafe { sys::napi_get_value_string_utf16(value.env, value.raw, room, N, &raw mut len) } {
            Status::napi_string_expected => return Err(value.found()),
            status => checked(status)?,
        }
        if len + 1 >= N {
            self.long = value.long()?;
            return Ok(&self.long);
        }
        // SAFETY: Node wrote as many units.
        let units = unsafe { std::slice::from_raw_parts(self.units.as_ptr().cast::<u16>(), len) };
        let mut seen = 0;
        for (unit, byte) in units.iter().zip(&mut self.bytes) {
            seen |= unit;
            byte.write(unit.to_le_bytes()[0]);
        }
        if seen < 0x80 {
            // SAFETY: as many bytes were written, all of them ASCII, which is UTF-8.
            let bytes = unsafe { std::slice::from_raw_parts(self.bytes.as_ptr().cast::<u8>(), len) };
            // SAFETY: the same.
            return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
        }
        self.long = utf8(units)?;
        Ok(&self.long)
    }
}

// Arguments

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: the caller's call, which lasts longer than this function.
        let value = unsafe { Value::new(env, value) };
        Ok(Self(Room::<256>::new().read(value).map(str::to_owned)))
    }
}

impl<'a> FromNapiValue for Bytes<'a> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: the caller's call. None of this crate's functions runs JavaScript while it has its arguments.
        let value: Value<'a> = unsafe { Value::new(env, value) };
        // Asked first, because it costs less than failing to read a string.
        Ok(Self(match value.view() {
            Ok(None) => Room::<1024>::new().read(value).map(|text| Cow::Owned(text.into())),
            Ok(Some(bytes)) => Ok(Cow::Borrowed(bytes)),
            Err(flaw) => Err(flaw),
        }))
    }
}

impl FromNapiValue for Number {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: the caller's call, which lasts longer than this function.
        let (number, value) = unsafe { (f64::from_napi_value(env, value), Value::new(env, value)) };
        Ok(Self(number.map_err(|_| value.found())))
    }
}

// The hot call

unsafe extern "C" fn drop_signer(_: sys::napi_env, signer: *mut c_void, _: *mut c_void) {
    // SAFETY: the pointer is that of `authorizer`, and Node gives it up once.
    drop(unsafe { Box::from_raw(signer.cast::<Signer>()) });
}

/// A function `authorize(method, path, contentType, date, body)` of one signer.
pub(crate) fn authorizer(env: &Env, signer: Signer) -> Result<Unknown<'_>, Error> {
    let (mut function, own) = (null_mut(), Box::into_raw(Box::new(signer)));
    let make = || {
        // SAFETY: the function reads the signer and does not outlive it, see below.
        checked(unsafe {
            sys::napi_create_function(env.raw(), null(), 0, Some(authorize), own.cast(), &raw mut function)
        })?;
        let drop = Some(drop_signer as unsafe extern "C" fn(_, _, _));
        // SAFETY: the signer is dropped when the function was collected, and not before.
        checked(unsafe { sys::napi_add_finalizer(env.raw(), function, own.cast(), drop, null_mut(), null_mut()) })
    };
    if let Err(flaw) = { make }() {
        // SAFETY: no finalizer has it, and nobody has the function.
        drop(unsafe { Box::from_raw(own) });
        return Err(flaw.error("authorizer", "a function"));
    }
    // SAFETY: the function is of this call.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), function) })
}

/// A string or a failure. Short ASCII is read to the stack; everything else takes the longer way to the same bytes.
unsafe extern "C" fn authorize(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut values = [null_mut(); 5];
    let (mut count, mut data) = (values.len(), null_mut());
    // SAFETY: Node's own environment and call; there is room for `count` values, and absent ones become `undefined`.
    let status =
        unsafe { sys::napi_get_cb_info(env, info, &raw mut count, values.as_mut_ptr(), null_mut(), &raw mut data) };
    if status != Status::napi_ok {
        return null_mut();
    }
    // SAFETY: the data of a function made by `authorizer` is a signer that lives as long as the function.
    let signer = unsafe { &*data.cast::<Signer>() };
    // SAFETY: the values are of this call.
    let values = values.map(|raw| unsafe { Value::new(env, raw) });
    catch_unwind(AssertUnwindSafe(|| signed(signer, values)))
        .unwrap_or_else(|_| Err(panicked()))
        // SAFETY: Node's environment, which answers nothing more to a worker that is being terminated.
        .unwrap_or_else(|error| unsafe { Vec::to_napi_value(env, failure(&error)) }.unwrap_or(null_mut()))
}

fn signed(signer: &Signer, values: [Value<'_>; 5]) -> Result<sys::napi_value, Error> {
    let [method, path, content_type, date, body] = values;
    let mut rooms = (Room::<16>::new(), Room::<256>::new(), Room::<64>::new(), Room::<64>::new(), Room::<1024>::new());
    let fresh;
    let text = |what| move |flaw: Flaw| flaw.error(what, "a string");
    let bytes = |flaw: Flaw| flaw.error("body", "a string, Buffer or Uint8Array");
    let parts = Parts {
        method: rooms.0.read(method).map_err(text("method"))?,
        path: rooms.1.read(path).map_err(text("path"))?,
        content_type: rooms.2.read(content_type).map_err(text("contentType"))?,
        date: match rooms.3.read(date) {
            Err(Flaw::Absent(_)) => {
                fresh = system_time().http_date();
                &fresh
            }
            date => date.map_err(text("date"))?,
        },
        body: match body.view().map_err(bytes)? {
            Some(view) => view,
            None => rooms.4.read(body).map_err(bytes)?.as_bytes(),
        },
    };
    let (mut out, long);
    let signed = if signer.authorization_len() <= 256 {
        out = [0; 256];
        let len = signer.write_authorization(&parts, &mut out)?;
        &out[..len]
    } else {
        long = signer.authorization(&parts)?;
        long.as_bytes()
    };
    // ASCII is Latin-1, and copied as it is.
    let make = if signed.is_ascii() { sys::napi_create_string_latin1 } else { sys::napi_create_string_utf8 };
    let (text, len, mut value) = (signed.as_ptr().cast(), signed.len().cast_signed(), null_mut());
    // SAFETY: the text is readable for its length, and UTF-8.
    let status = unsafe { make(method.env, text, len, &raw mut value) };
    checked(status).map(|()| value).map_err(|flaw| flaw.error("The answer", "a string"))
}
