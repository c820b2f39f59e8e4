package main

import (
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
)

// help lists every flag with its environment twin.
func help(w io.Writer, f *flag.FlagSet) {
	fmt.Fprint(w, "imageshare serve [flags]\n\nServes until SIGTERM or SIGINT, then finishes what is under way. A flag on the\ncommand line beats its variable in the environment; several values there are\nseparated by spaces.\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	f.VisitAll(func(fl *flag.Flag) {
		value, text := flag.UnquoteUsage(fl)
		if fl.DefValue != "" && fl.DefValue != "false" {
			text += " (default " + fl.DefValue + ")"
		}
		fmt.Fprintf(t, "  --%s %s\t%s\n  \t  %s\n", fl.Name, value, twin(fl.Name), text)
	})
	_ = t.Flush() // help that cannot be written has nobody to read it
	fmt.Fprint(w, "\nExit codes: 0 stopped by a signal; 2 bad command line; 1 anything else.\n")
}

// kept says where a store keeps things.
func kept(store string) string {
	if file, ok := storeFile(store); ok {
		return file
	}
	return "memory, gone when this stops"
}

// demoKeys are what the demo state lets in, and what it has to ask about.
const demoKeys = `  Tencent Cloud   account 100000000001   AKIDexample / examplesecret   ap-guangzhou   img-6pb6lrmy
                  account 100000000002   AKIDother / othersecret
  Alibaba Cloud   account 1234567890123456   LTAIexample / examplesecret   cn-hangzhou   m-bp1caf3yicx5jlfl0001
                  account 1234567890123457   LTAIother / othersecret

`

// welcome tells who started --dev what to paste where. The lines are for the
// first wire that speaks plain http, where one does.
func welcome(w io.Writer, c *config, wires []string, admin string) {
	state, keys, image := "demo state", demoKeys, "m-bp1caf3yicx5jlfl0001"
	if c.seed != "" {
		state, keys, image = "the state of "+c.seed, "", "IMAGE"
	}
	plain := c.listen.plain()
	fmt.Fprintf(w, `
imageshare: %[3]s in %[4]s. Wires on %[1]s, admin API on %[2]s.

%[5]sPoint a client that you have at it:

  Tencent SDK for Go       prof.HttpProfile.Scheme, prof.HttpProfile.Endpoint = "HTTP", "%[1]s"
  Tencent SDK for Python   HttpProfile(protocol="http", endpoint="%[1]s")
  Tencent SDK for Node     httpProfile: { protocol: "http://", endpoint: "%[1]s" }
  Alibaba SDK for Go v2    &openapi.Config{Endpoint: tea.String("%[1]s"), Protocol: tea.String("http")}
  Alibaba SDK for Go v1    client.Domain = "%[1]s"
  aliyun CLI               aliyun ecs DescribeImageSharePermission --endpoint %[1]s --insecure --RegionId cn-hangzhou --ImageId %[6]s
  Terraform, alicloud      protocol = "HTTP"   endpoints { ecs = "%[1]s" }
  Packer, alicloud         custom_endpoint_ecs = "%[1]s"
  what is stored           curl -s http://%[2]s/api/v1/state?format=yaml

`, wires[max(plain, 0)], admin, state, kept(c.store), keys, image)
	if plain < 0 {
		fmt.Fprint(w, "This wire speaks TLS: say https where a line says http. imageshare cert tells how\neach client is made to trust the certificate.\n\n")
	}
}
