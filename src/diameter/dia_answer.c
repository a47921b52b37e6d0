#include "diameter/dia_answer.h"

#include "diameter/dia_validate.h"

struct dia_error dia_error_of(const struct dia_failure *failure)
{
    return (struct dia_error){
        .result = failure->result,
        .failed = failure->failed,
        .failed_len = failure->failed_len,
    };
}

void dia_answer_begin(struct dia_writer *writer, const struct dia_message *request, uint32_t result)
{
    struct dia_header header = request->header;
    struct dia_avp session;

    header.length = 0;
    header.flags &= DIA_FLAG_P;
    if (result / 1000 == 3) {
        header.flags |= DIA_FLAG_E;
    }
    dia_begin(writer, &header);
    if (dia_message_find(request, DIA_SESSION_ID, &session)) {
        dia_put_octets(writer, DIA_SESSION_ID, session.data, session.len);
    }
}

void dia_answer_origin(struct dia_writer *writer, const struct dia_node *node)
{
    dia_put_text(writer, DIA_ORIGIN_HOST, node->host);
    dia_put_text(writer, DIA_ORIGIN_REALM, node->realm);
}

bool dia_answer_end(struct dia_writer *writer, const struct dia_message *request)
{
    struct dia_avp_reader reader = dia_avp_reader(request->avps, request->avps_len);
    struct dia_avp avp;

    while (dia_avp_next(&reader, &avp)) {
        if (avp.attribute == DIA_PROXY_INFO) {
            dia_put_raw(writer, avp.raw, avp.raw_len);
        }
    }
    return dia_end(writer);
}

bool dia_answer_error(struct dia_writer *writer, const struct dia_message *request,
                      const struct dia_node *node, const struct dia_error *error)
{
    dia_answer_begin(writer, request, error->result);
    dia_put_u32(writer, DIA_RESULT_CODE, error->result);
    dia_answer_origin(writer, node);
    if (error->message != NULL) {
        dia_put_text(writer, DIA_ERROR_MESSAGE, error->message);
    }
    if (error->failed_len > 0) {
        dia_put_octets(writer, DIA_FAILED_AVP, error->failed, error->failed_len);
    }
    return dia_answer_end(writer, request);
}
