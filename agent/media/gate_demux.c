/* What is it? RFC 7983 by the first octet, RFC 5761 by the second, RFC 6189 section 5 by the
 * magic cookie and the CRC. */
#include "gate.h"

enum {
    RTP_HEADER = 12,
    RTCP_HEADER = 8,
    ZRTP_MINIMUM = 12 + 12 + 4,  /* packet header, the shortest message, CRC */
};

static uint32_t crc_table[256];

/* CRC-32C (Castagnoli), least significant bit first: RFC 3309's, as RFC 6189 section 5.1 asks. */
void demux_init(void)
{
    for (uint32_t octet = 0; octet < 256; octet++) {
        uint32_t crc = octet;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
        crc_table[octet] = crc;
    }
}

static pj_bool_t crc_is_good(const unsigned char *packet, size_t size)
{
    const unsigned char *sent = packet + size - 4;
    uint32_t crc = UINT32_MAX;
    for (; packet < sent; packet++)
        crc = crc_table[(crc ^ *packet) & 255] ^ crc >> 8;
    crc = ~crc;
    /* RFC 3309 appendix: the checksum travels least significant octet first. */
    return sent[0] == (crc & 255) && sent[1] == (crc >> 8 & 255) &&
           sent[2] == (crc >> 16 & 255) && sent[3] == crc >> 24;
}

enum packet_kind demux(const unsigned char *packet, size_t size)
{
    static const unsigned char cookie[4] = {'Z', 'R', 'T', 'P'};
    if (size < RTCP_HEADER)
        return PACKET_MALFORMED;
    if (packet[0] >= 16 && packet[0] <= 19) {
        if (size < ZRTP_MINIMUM || memcmp(packet + 4, cookie, sizeof(cookie)) != 0)
            return PACKET_MALFORMED;
        return crc_is_good(packet, size) ? PACKET_ZRTP : PACKET_BAD_CRC;
    }
    if (packet[0] < 128 || packet[0] > 191)
        return PACKET_MALFORMED;
    if (packet[1] >= 192 && packet[1] <= 223)
        return PACKET_RTCP;
    return size >= RTP_HEADER ? PACKET_RTP : PACKET_MALFORMED;
}
