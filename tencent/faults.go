package tencent

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/sign"
)

// allowAnyText: an error may quote bytes of a client that are no UTF-8.
var allowAnyText json.Options = jsontext.AllowInvalidUTF8(true)

var internal = api.Fault{Status: 6000, Code: api.Internal, Message: "An internal error has occurred. Retry, and quote {requestId} if it happens again."}

// faults are the rows that every action of this cloud shares, after the
// vendor's common error codes. The HTTP status is 200 for all; Status is the
// number that the generation of 2016 answers with.
var faults = []api.Fault{
	{Err: api.ErrNoVersion, Status: 4000, Code: "NoSuchVersion", Message: "The request `Version` is invalid or not found."},
	{Err: api.ErrNoAction, Status: 4000, Code: "InvalidAction", Message: "The request `Action` is invalid or not found."},
	{Err: api.ErrMethod, Status: 4600, Code: "UnsupportedProtocol", Message: "The HTTP method `{field}` is not supported. Only GET and POST are."},
	{Err: api.ErrContentType, Status: 4000, Code: "InvalidRequest", Message: "The request does not fit its signature: `{field}` {reason}."},
	{Err: api.ErrTooLarge, Status: 4000, Code: "RequestSizeLimitExceeded", Message: "The request is too large: `{field}` {reason}."},
	{Err: api.ErrOverload, Status: 4400, Code: "RequestLimitExceeded", Message: "The server has more to do than it can. Please reduce the frequency of calls."},
	{Err: api.ErrSuspect, Status: 4400, Code: "RequestLimitExceeded.IPLimitExceeded", Message: "Too many requests from your IP could not be authenticated. Please check your SecretId and SecretKey, and retry after a minute."},
	{Err: api.ErrTooOften, Status: 4400, Code: "RequestLimitExceeded", Message: "Your current request times equals to `{count}` in a second, which exceeds the frequency limit `{limit}` for a second. Please reduce the frequency of calls."},

	{Err: ledger.ErrNoKey, Status: 4104, Code: "AuthFailure.SecretIdNotFound", Message: "The SecretId is not found, please ensure that your SecretId is correct."},
	// One text for both: who cannot sign with a key does not hear that it is there.
	{Err: api.ErrKeyDisabled, Status: 4103, Code: "AuthFailure.SecretIdNotFound", Message: "The SecretId is not found, please ensure that your SecretId is correct."},
	{Err: api.ErrExpired, Status: 4200, Code: "AuthFailure.SignatureExpire", Message: "The signature is expired, please request again."},
	{Err: api.ErrReplayed, Status: 4500, Code: "AuthFailure.SignatureFailure", Message: "The signature has been used already. Every request needs a `Nonce` of its own."},
	badToken(api.ErrTokenMissing), badToken(api.ErrTokenMalformed), badToken(api.ErrTokenRefused), badToken(api.ErrTokenExpired), badToken(api.ErrTokenEnded),
	{Err: sign.ErrMismatch, Status: 4100, Code: "AuthFailure.SignatureFailure", Message: "The provided credentials could not be validated. Please check your signature is correct."},
	{Err: errAuthorization, Status: 4100, Code: "AuthFailure.InvalidAuthorization", Message: "The request `Authorization` header does not conform to tencentcloud standards: {reason}"},
	{Err: sign.ErrUnsigned, Status: 4100, Code: "AuthFailure.InvalidAuthorization", Message: "The request `Authorization` header does not conform to tencentcloud standards: `{field}` must be among `SignedHeaders`."},
	{Err: sign.ErrTime, Status: 4000, Code: "InvalidParameter", Message: "Parameter `Timestamp` type error."},
	{Err: sign.ErrMalformed, Status: 4000, Code: "InvalidParameter", Message: "Parameter `{field}` type error. Reason: {reason}."},
	{Err: sign.ErrMissing, Status: 4000, Code: "MissingParameter", Message: "The request is missing a required parameter `{field}`."},

	{Err: param.ErrMissing, Status: 4000, Code: "MissingParameter", Message: "The request is missing a required parameter `{field}`."},
	{Err: param.ErrMalformed, Status: 4000, Code: "InvalidParameter", Message: "Parameter `{field}` type error. It {reason}."},
	{Err: param.ErrRange, Status: 4000, Code: "InvalidParameterValue", Message: "The value of parameter `{field}` is not allowed: it {reason}."},
	{Err: param.ErrUndeclared, Status: 4000, Code: "UnknownParameter", Message: "The parameter `{field}` is not recognized."},
	{Err: ledger.ErrNoRegion, Status: 4000, Code: "InvalidParameterValue", Message: "A value specified in `{field}` is not valid, is unsupported, or cannot be used."},
	{Err: ledger.ErrDenied, Status: 4110, Code: "UnauthorizedOperation", Message: "[request id:{requestId}]you are not authorized to perform operation ({action})\nresource ({resource}) has no permission\n"},
	{Err: ledger.ErrBusy, Status: 5100, Code: "ResourceInUse", Message: "The resource is in use by another operation. Please retry."},
}

// badToken is the common code of whatever is wrong with a token, in one text:
// the vendor does not tell one from the other. CVM alone has a code besides,
// UnauthorizedOperation.InvalidToken; but tokens are looked at before any
// product is, and what a client does about one should not depend on it.
func badToken(err error) api.Fault {
	return api.Fault{
		Err: err, Status: 4100, Code: "AuthFailure.TokenFailure",
		Message: "The token is expired, malformed or not of this SecretId. Please request a new one.",
	}
}

// generationFaults are rows that one generation says in another way.
var generationFaults = map[string][]api.Fault{
	generation2016: {
		{Err: api.ErrNoAction, Status: 4000, Code: "MissingParameter", Message: "The request is missing a required parameter `Version`: without one, only ShareImage, CancelShareImage and GetImageShareUinInfo are known."},
	},
}
