// Command prices prints, as CSV, the tables of EC2 facts that Karpenter's AWS provider exports:
//
//	prices   region,instance_type,usd_per_hour: Linux, on demand; the regions priced in US dollars
//	network  instance_type,baseline_mbps,branch_enis: 0 where AWS publishes no number
package main

import (
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/aws/karpenter-provider-aws/pkg/providers/instancetype"
	"github.com/aws/karpenter-provider-aws/pkg/providers/pricing"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: prices prices|network")
	}
	switch os.Args[1] {
	case "prices":
		printPrices()
	case "network":
		printNetwork()
	default:
		log.Fatalf("prices: there is no table %q; there are prices and network", os.Args[1])
	}
}

func printPrices() {
	fmt.Println("region,instance_type,usd_per_hour")
	// China's table is left out: it is in yuan.
	printRegions(pricing.InitialOnDemandPricesAWS)
	printRegions(pricing.InitialOnDemandPricesUSGov)
}

func printRegions[T ~string](regions map[string]map[T]float64) {
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		for _, t := range slices.Sorted(maps.Keys(regions[region])) {
			fmt.Printf("%s,%s,%s\n", region, t, dollars(regions[region][t]))
		}
	}
}

// dollars writes a price with the six decimals of a micro-dollar.  A price finer than that would be
// rounded silently wherever it is read, so it stops the program.
func dollars(price float64) string {
	text := strconv.FormatFloat(price, 'f', 6, 64)
	if back, err := strconv.ParseFloat(text, 64); err != nil || back != price {
		log.Fatalf("prices: %v dollars an hour is not a whole number of micro-dollars", price)
	}
	return text
}

func printNetwork() {
	// Neither table holds every type of the other.
	types := map[string]bool{}
	for t := range instancetype.Limits {
		types[t] = true
	}
	for t := range instancetype.InstanceTypeBandwidthMegabits {
		types[t] = true
	}
	fmt.Println("instance_type,baseline_mbps,branch_enis")
	for _, t := range slices.Sorted(maps.Keys(types)) {
		fmt.Printf("%s,%d,%d\n", t, instancetype.InstanceTypeBandwidthMegabits[t], branchENIs(instancetype.Limits[t]))
	}
}

// branchENIs is the number of network interfaces for pods; only trunking types have any.
func branchENIs(limits *instancetype.VPCLimits) int {
	if limits == nil || !limits.IsTrunkingCompatible {
		return 0
	}
	return limits.BranchInterface
}
