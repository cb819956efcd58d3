/* The shop: what became of an order. */
#ifndef CHECKOUT_H
#define CHECKOUT_H

#include <countersign.h>

enum checkout_end { CHECKOUT_PLACED, CHECKOUT_REFUSED, CHECKOUT_TRY_AGAIN, CHECKOUT_UNKNOWN };

/* Places one order for one design. An order in doubt is settled once; what stays unknown is to be settled later, and never
 * placed again. message holds what to log. */
enum checkout_end checkout(const countersign_client *spiff, const char *external_id, const char *transaction_id, char *message, size_t size);

#endif
