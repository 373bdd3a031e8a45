package authentik

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Validity reads a duration as authentik writes it: "minutes=1", "hours=1;minutes=5" (timedelta_from_string, all versions).
func Validity(text string) (time.Duration, error) {
	units := map[string]time.Duration{
		"microseconds": time.Microsecond, "milliseconds": time.Millisecond, "seconds": time.Second, "minutes": time.Minute,
		"hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
	}
	var total time.Duration
	for part := range strings.SplitSeq(text, ";") {
		name, number, _ := strings.Cut(strings.TrimSpace(part), "=")
		n, err := strconv.ParseFloat(number, 64)
		unit, known := units[strings.ToLower(name)]
		if err != nil || !known {
			return 0, fmt.Errorf("authentik: %q is not a duration such as hours=1;minutes=5", text)
		}
		total += time.Duration(n * float64(unit))
	}
	return total, nil
}
