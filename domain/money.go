package domain

import (
	"fmt"
	"regexp"
)

// Money is an amount in minor units of an ISO 4217 currency: {12345, "RUB"} is 123 roubles 45 kopecks.
type Money struct {
	Minor    int64  `json:"minor" doc:"Amount in minor units of the currency"`
	Currency string `json:"currency" public:"" doc:"ISO 4217 code" pattern:"^[A-Z]{3}$" example:"RUB"`
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// Valid reports whether the currency is well formed.
func (m Money) Valid() bool { return currencyCode.MatchString(m.Currency) }

// IsZero reports the absence of an amount.
func (m Money) IsZero() bool { return m == Money{} }

// String is for logs and headlines: "123.45 RUB".
func (m Money) String() string {
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return fmt.Sprintf("%s%d.%02d %s", sign, minor/100, minor%100, m.Currency)
}
