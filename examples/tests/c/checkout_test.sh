# Tests ./checkout against the sandbox: countersign sandbox -- sh checkout_test.sh
set -eu
control=$COUNTERSIGN_SPIFF_BASE_URL/_

design() { curl -sf -X POST "$control/transactions" | sed 's/.*"transactionId":"\([^"]*\)".*/\1/'; }
fault() { curl -sf -d "{\"fault\":\"$1\",\"target\":\"order\"}" "$control/faults" > /dev/null; }
accepted() { curl -sf "$control/orders" | { grep -o "\"externalId\":\"$1\"" || true; } | wc -l; }
expect() {
    if [ "$1" != "$2" ]; then
        echo "FAILED $3: $1 instead of $2"
        exit 1
    fi
}

expect "$(./checkout 1001 "$(design)")" placed "an order"
expect "$(accepted 1001)" 1 "orders at the platform"

# The platform takes the order, and its answer is lost.
fault accept_then_500
expect "$(./checkout 1002 "$(design)")" placed "an order in doubt"
expect "$(accepted 1002)" 1 "orders at the platform, settled"

fault 401
expect "$(./checkout 1003 "$(design)")" refused "a wrong key"
expect "$(accepted 1003)" 0 "orders at the platform, refused"
echo "checkout: ok"
