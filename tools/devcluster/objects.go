package main

// What every cluster holds from the start: a default storage class and the simulated nodes.

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/component-base/version"
)

// requestTimeout bounds one request to the API server.
const requestTimeout = 10 * time.Second

func newClient(c cluster) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.path("kubeconfig"))
	if err != nil {
		return nil, err
	}
	config.Timeout = requestTimeout
	config.QPS = 200
	config.Burst = 400
	return kubernetes.NewForConfig(config)
}

func apiServerReady(client kubernetes.Interface) bool {
	return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(context.Background()).Error() == nil
}

// createStorageClass makes the default class, `standard` as with kind and minikube; stages/volume.yaml provisions for it.
func createStorageClass(client kubernetes.Interface) error {
	_, err := client.StorageV1().StorageClasses().Create(context.Background(), &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        "standard",
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner: "devcluster/volume",
	}, metav1.CreateOptions{})
	return err
}

// createNode makes simulated node number 0, 1, ...: zones a, b, c in turn, disks ssd and hdd in turn.
func createNode(client kubernetes.Interface, number int) error {
	name := fmt.Sprintf("node-%d", number+1)
	size := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("64"),
		corev1.ResourceMemory:           resource.MustParse("256Gi"),
		corev1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
		corev1.ResourcePods:             resource.MustParse("1100"),
	}
	_, err := client.CoreV1().Nodes().Create(context.Background(), &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name:        name,
			Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
			Labels: map[string]string{
				corev1.LabelHostname:           name,
				corev1.LabelOSStable:           "linux",
				corev1.LabelArchStable:         "amd64",
				corev1.LabelInstanceTypeStable: "simulated",
				corev1.LabelTopologyRegion:     "local",
				corev1.LabelTopologyZone:       []string{"a", "b", "c"}[number%3],
				"disktype":                     []string{"ssd", "hdd"}[number%2],
			},
		},
		Spec: corev1.NodeSpec{PodCIDR: podRange(number), PodCIDRs: []string{podRange(number)}},
		Status: corev1.NodeStatus{
			Allocatable: size,
			Capacity:    size,
			NodeInfo: corev1.NodeSystemInfo{
				Architecture: "amd64", OperatingSystem: "linux", OSImage: "simulated by kwok",
				KubeletVersion: version.Get().GitVersion, KubeProxyVersion: version.Get().GitVersion,
			},
		},
	}, metav1.CreateOptions{})
	return err
}

// podRange gives each node 2048 addresses in 10.128.0.0/9.
func podRange(number int) string {
	return fmt.Sprintf("10.%d.%d.0/21", 128+number/32, number%32*8)
}

// nodesReady tells whether that many nodes accept pods: ready, and without the taint that a new node starts with.
func nodesReady(client kubernetes.Interface, count int) bool {
	nodes, err := client.CoreV1().Nodes().List(context.Background(), metav1.ListOptions{})
	if err != nil {
		return false
	}
	ready := 0
	for _, node := range nodes.Items {
		for _, condition := range node.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
	}
	return ready >= count
}
