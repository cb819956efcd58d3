"""Somebody with a shop in PHP, or with WooCommerce."""

import re

from place import ROOT, installation
from walk import walk


def test_start(place):
    said, _ = walk(place.python(), "docs/start/php.md", installation("bin/countersign check"), installation("countersign_orders_cli-"))
    (library,) = (ROOT / "build/php-library/lib").glob("linux-*/libcountersign.so")
    assert "\nThe library is ready.\n" in said, said
    assert re.search(rf"^library +{re.escape(str(library))}$", said, re.M), said


def test_the_plugin_for_woocommerce(place):
    plugins = place.shop / "wp-content/plugins"
    plugins.mkdir(parents=True)
    place.block(installation("woocommerce"))
    assert "\nThe library is ready.\n" in place.run(plugins / "countersign-orders/vendor/bin/countersign", "check")
    assert (plugins / "countersign-orders/countersign-orders.php").is_file()
