package storetest

import "imageshare/ledger"

var settings = []test{
	{"setting put, changed and forgotten", "", settingPutAndForgotten},
	{"settings that differ in a byte", "", settingsThatDifferInAByte},
}

func (r *rig) set(name, text string) {
	r.Helper()
	r.must(func(tx ledger.Tx) error { return tx.PutSetting(name, text) })
}

func (r *rig) wantSetting(name, want string) {
	r.Helper()
	if got, err := r.Setting(r.Context(), name); err != nil || got != want {
		r.Errorf("setting %q: got %q, %v, want %q", name, got, err, want)
	}
}

func settingPutAndForgotten(r *rig) {
	r.wantSetting("regions/cvm", "")
	r.set("regions/cvm", "") // to forget what never was is no error
	for _, text := range []string{"ap-a ap-b", "ap-c", strangeText} {
		r.set("regions/cvm", text)
		r.wantSetting("regions/cvm", text)
	}
	r.wantSetting("regions/ecs", "")
	r.set("regions/cvm", "")
	r.wantSetting("regions/cvm", "")
}

func settingsThatDifferInAByte(r *rig) {
	names := []string{"name", "Name", "name ", "name\x00", "naïve", "nai\u0308ve", ""}
	for _, n := range names {
		r.set(n, "text of "+n)
	}
	for _, n := range names {
		r.wantSetting(n, "text of "+n)
	}
}
