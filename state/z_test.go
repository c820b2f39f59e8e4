package state
import ("testing";"fmt";"strings";"time";"bytes";"runtime")
func TestZ(t *testing.T){
 var b strings.Builder
 b.WriteString("version: 1\nimages:\n")
 for i:=range 100000 { fmt.Fprintf(&b,"  - product: cvm\n    region: ap-guangzhou\n    id: img-%08d\n    owner: 1\n    name: golden\n    shares: [",i); for j:=range 10 {fmt.Fprintf(&b,"{account: %d, sharedAt: 2018-06-10T11:02:50Z}, ",j+2)}; b.WriteString("]\n") }
 s:=time.Now(); f,err:=Parse("x",[]byte(b.String())); if err!=nil{t.Fatal(err)}
 t.Log(b.Len(), "parse yaml",time.Since(s))
 var y,j bytes.Buffer
 s=time.Now(); f.WriteYAML(&y); t.Log("yaml",time.Since(s), y.Len())
 s=time.Now(); f.WriteJSON(&j); t.Log("json",time.Since(s), j.Len())
 s=time.Now(); _,err=Parse("x",j.Bytes()); t.Log("parse json",time.Since(s),err)
 var m runtime.MemStats; runtime.ReadMemStats(&m); t.Log(m.Sys>>20)
}
