package tencent

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/sign"
)

// allowAnyText: an error may quote bytes of a client that are no UTF-8.
var allowAnyText json.Options = jsontext.AllowInvalidUTF8(true)

var internal = api.Fault{Code: "InternalError", Message: "An internal error has occurred. Retry, and quote the RequestId if it happens again."}

// faults are the rows that every action of this cloud shares, after the
// vendor's common error codes. Statuses are left out: it is 200 for all.
var faults = []api.Fault{
	{Err: api.ErrNoVersion, Code: "NoSuchVersion", Message: "The request `Version` is invalid or not found."},
	{Err: api.ErrNoAction, Code: "InvalidAction", Message: "The request `Action` is invalid or not found."},
	{Err: api.ErrMethod, Code: "UnsupportedProtocol", Message: "The HTTP method `{field}` is not supported. Only GET and POST are."},
	{Err: api.ErrContentType, Code: "InvalidRequest", Message: "The request does not fit its signature: `{field}` {reason}."},
	{Err: api.ErrTooLarge, Code: "RequestSizeLimitExceeded", Message: "The request is too large: `{field}` {reason}."},
	{Err: api.ErrOverload, Code: "RequestLimitExceeded", Message: "The server has more to do than it can. Please reduce the frequency of calls."},
	{Err: api.ErrTooOften, Code: "RequestLimitExceeded", Message: "Your current request times equals to `{count}` in a second, which exceeds the frequency limit `{limit}` for a second. Please reduce the frequency of calls."},

	{Err: ledger.ErrNoKey, Code: "AuthFailure.SecretIdNotFound", Message: "The SecretId is not found, please ensure that your SecretId is correct."},
	{Err: api.ErrKeyDisabled, Code: "AuthFailure.SecretIdNotFound", Message: "The SecretId is disabled, please enable it or use another."},
	{Err: api.ErrExpired, Code: "AuthFailure.SignatureExpire", Message: "The signature is expired, please request again."},
	{Err: api.ErrTokenRefused, Code: "AuthFailure.TokenFailure", Message: "The token does not belong to this SecretId."},
	{Err: sign.ErrMismatch, Code: "AuthFailure.SignatureFailure", Message: "The provided credentials could not be validated. Please check your signature is correct."},
	{Err: errAuthorization, Code: "AuthFailure.InvalidAuthorization", Message: "The request `Authorization` header does not conform to tencentcloud standards: {reason}"},
	{Err: sign.ErrUnsigned, Code: "AuthFailure.InvalidAuthorization", Message: "The request `Authorization` header does not conform to tencentcloud standards: `{field}` must be among `SignedHeaders`."},
	{Err: sign.ErrTime, Code: "InvalidParameter", Message: "Parameter `Timestamp` type error."},
	{Err: sign.ErrMalformed, Code: "InvalidParameter", Message: "Parameter `{field}` type error. {reason}"},
	{Err: sign.ErrMissing, Code: "MissingParameter", Message: "The request is missing a required parameter `{field}`."},

	{Err: api.ErrMissing, Code: "MissingParameter", Message: "The request is missing a required parameter `{field}`."},
	{Err: api.ErrMalformed, Code: "InvalidParameter", Message: "Parameter `{field}` type error. {reason}"},
	{Err: api.ErrRange, Code: "InvalidParameterValue", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
	{Err: api.ErrUndeclared, Code: "UnknownParameter", Message: "The parameter `{field}` is not recognized."},
	{Err: ledger.ErrNoRegion, Code: "InvalidParameterValue", Message: "A value specified in `{field}` is not valid, is unsupported, or cannot be used."},
	{Err: ledger.ErrDenied, Code: "UnauthorizedOperation", Message: "[request id:{requestId}]you are not authorized to perform operation ({action})\nresource ({resource}) has no permission\n"},
	{Err: ledger.ErrBusy, Code: "ResourceInUse", Message: "The resource is in use by another operation. Please retry."},
}
