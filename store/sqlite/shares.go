package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"imageshare/ledger"
)

// An image's shares are one text, a line for each in list order: the account's
// number, the start and, if there is one, the end, in seconds of 1970:
//
//	101104350000 1528628570 1893456000
//
// Every list of an image's accounts reads it, so it is taken apart by hand:
// the numbers stay parts of the text, and the list is made once, at its size.

func writeShares(shares []ledger.Share) string {
	text := make([]byte, 0, 32*len(shares))
	for _, s := range shares {
		text = append(text, s.Account...)
		text = strconv.AppendInt(append(text, ' '), s.At.Unix(), 10)
		if !s.Until.IsZero() {
			text = strconv.AppendInt(append(text, ' '), s.Until.Unix(), 10)
		}
		text = append(text, '\n')
	}
	return string(text)
}

func readShares(text string) ([]ledger.Share, error) {
	if text == "" {
		return nil, nil
	}
	shares := make([]ledger.Share, 0, strings.Count(text, "\n"))
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		s, err := readShare(line)
		if err != nil {
			return nil, err
		}
		shares = append(shares, s)
	}
	return shares, nil
}

func readShare(line string) (s ledger.Share, err error) {
	var times string
	s.Account, times, _ = strings.Cut(line, " ")
	at, until, ends := strings.Cut(times, " ")
	if s.At, err = readTime(at); err == nil && ends {
		s.Until, err = readTime(until)
	}
	if err != nil {
		return s, fmt.Errorf("%w: share %q", ErrDamaged, line)
	}
	return s, nil
}

func readTime(seconds string) (time.Time, error) {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return time.Unix(n, 0).UTC(), err
}
