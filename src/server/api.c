/* What every handler of the API needs. */
#include "server/api.h"

void jc_response_release(jc_response *response)
{
    jc_buf_release(&response->body);
    *response = (jc_response){0};
}
