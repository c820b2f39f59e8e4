package alibaba

import (
	"errors"

	"imageshare/api"
	"imageshare/ledger"
	"imageshare/param"
	"imageshare/sign"
)

// What only this dialect tells apart.
var (
	errFormat     = errors.New("no such answer format")
	errMismatchV3 = errors.New("V3 signature")
)

var internal = api.Fault{Status: 500, Code: api.Internal, Message: "The request processing has failed due to some unknown error, exception or failure."}

// faults are the gateway's rows, the same for every product.
var faults = []api.Fault{
	{Err: api.ErrNoVersion, Status: 400, Code: "InvalidVersion", Message: "Specified parameter Version is not valid."},
	{Err: api.ErrNoAction, Status: 404, Code: "InvalidAction.NotFound", Message: "Specified api is not found, please check your url and method."},
	{Err: api.ErrMethod, Status: 403, Code: "UnsupportedHTTPMethod", Message: "This HTTP method is not supported."},
	{Err: errFormat, Status: 400, Code: "InvalidParameter.Format", Message: "Specified parameter format is not valid."},
	{Err: api.ErrContentType, Status: 400, Code: "InvalidParameter", Message: "The specified parameter {field} is not valid: {reason}."},
	{Err: api.ErrTooLarge, Status: 400, Code: "InvalidParameter", Message: "The request is too large: the {field} is {reason}."},
	{Err: api.ErrOverload, Status: 503, Code: "ServiceUnavailable", Message: "The request has failed due to a temporary failure of the server."},
	{Err: ledger.ErrBusy, Status: 503, Code: "ServiceUnavailable", Message: "The request has failed due to a temporary failure of the server."},
	{Err: api.ErrSuspect, Status: 400, Code: "Throttling", Message: "Request was denied due to request throttling."},
	{Err: api.ErrTooOften, Status: 400, Code: "Throttling.User", Message: "Request was denied due to user flow control."},

	{Err: ledger.ErrNoKey, Status: 404, Code: "InvalidAccessKeyId.NotFound", Message: "Specified access key is not found."},
	{Err: api.ErrKeyDisabled, Status: 400, Code: "InvalidAccessKeyId.Inactive", Message: "Specified access key is disabled."},
	{Err: api.ErrTokenMissing, Status: 400, Code: "MissingSecurityToken", Message: "SecurityToken is mandatory for this action."},
	{Err: api.ErrTokenMalformed, Status: 400, Code: "InvalidSecurityToken.Malformed", Message: "Specified SecurityToken is malformed."},
	{Err: api.ErrTokenRefused, Status: 400, Code: "InvalidSecurityToken.MismatchWithAccessKey", Message: "Specified SecurityToken mismatch with the AccessKey."},
	{Err: api.ErrTokenExpired, Status: 400, Code: "InvalidSecurityToken.Expired", Message: "Specified SecurityToken is expired."},
	{Err: api.ErrTokenEnded, Status: 404, Code: "InvalidAccessKeyId.NotFound", Message: "Specified access key is not found."},
	{Err: api.ErrExpired, Status: 400, Code: "InvalidTimeStamp.Expired", Message: "Specified time stamp or date value is expired."},
	{Err: api.ErrReplayed, Status: 400, Code: "SignatureNonceUsed", Message: "Specified signature nonce was used already."},
	// Nothing may follow the string to sign: SDKs compare the rest of the
	// message with their own, to tell a wrong secret from a wrong signature.
	{Err: errMismatchV3, Status: 400, Code: "SignatureDoesNotMatch", Message: "Specified signature does not match our calculation. server StringToSign is [{stringToSign}] server CanonicalRequest is [{canonical}]"},
	{Err: sign.ErrMismatch, Status: 400, Code: "SignatureDoesNotMatch", Message: "Specified signature is not matched with our calculation. server string to sign is:{stringToSign}"},
	{Err: sign.ErrTime, Status: 400, Code: "InvalidTimeStamp.Format", Message: "Specified time stamp or date value is not well formatted."},
	{Err: sign.ErrMethod, Status: 400, Code: "InvalidSignatureMethod", Message: "Specified signature method is not valid."},
	{Err: sign.ErrMissing, Status: 400, Code: "Missing{field}", Message: "{field} is mandatory for this action."},
	{Err: sign.ErrMalformed, Status: 400, Code: "IncompleteSignature", Message: "The request signature does not conform to Aliyun standards. {field}: {reason}"},
	{Err: sign.ErrUnsigned, Status: 400, Code: "IncompleteSignature", Message: "The request signature does not conform to Aliyun standards. {field} must be signed."},

	{Err: param.ErrMissing, Status: 400, Code: "MissingParameter", Message: "The input parameter {field} that is mandatory for processing this request is not supplied."},
	{Err: param.ErrMalformed, Status: 400, Code: "InvalidParameter", Message: "The specified parameter {field} is not valid: it {reason}."},
	{Err: param.ErrRange, Status: 400, Code: "InvalidParameter", Message: "The specified parameter {field} is not valid: it {reason}."},
	{Err: ledger.ErrDenied, Status: 403, Code: "Forbidden.RAM", Message: "User not authorized to operate on the specified resource, or this API doesn't support RAM."},
}
