package operations

import (
	"reflect"
	texttemplate "text/template"
)

// chance notes whether templates called a function whose answer is another one each time: then what they gave is no
// function of what they were given. Each may make a password that is meant for one release alone.
type chance struct {
	taken bool
}

var byChance = []string{
	"randAlphaNum", "randAlpha", "randAscii", "randNumeric", "randBytes", "randInt", "shuffle", "uuidv4",
	"genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
	"genSignedCertWithKey", "htpasswd", "bcrypt", "encryptAES", "now", "ago",
}

// functions are those of Sprig's that leave something to chance, or to the clock.
func (c *chance) functions() texttemplate.FuncMap {
	noting := texttemplate.FuncMap{}
	for _, name := range byChance {
		function := reflect.ValueOf(sprigFunctions[name])
		noting[name] = reflect.MakeFunc(function.Type(), func(arguments []reflect.Value) []reflect.Value {
			c.taken = true
			if function.Type().IsVariadic() {
				return function.CallSlice(arguments)
			}
			return function.Call(arguments)
		}).Interface()
	}
	return noting
}
